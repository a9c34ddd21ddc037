-- What tenants with a quota have now: meetings that are placed or live, and their users as the last polls showed them and joins routed
-- since. Breakouts do not count: who is in one is in its parent too.
-- $1: ids of tenants.
select t.id, t.meeting_quota, t.user_quota, now.meetings, now.users
from tenant t
cross join lateral (
    select count(*) as meetings,
           coalesce(sum(case when p.users is null then coalesce(j.joins, 0)
                        else p.users + greatest(0, coalesce(j.joins, 0) - p.joins_before) end), 0)::bigint as users
    from meeting_location m
    join meeting_instance i on i.instance = m.instance and not i.is_breakout
    left join meeting_joins j on j.instance = m.instance
    left join lateral (
        select p.users, p.joins_before
        from polled_meeting p
        join server_load l on l.server_id = p.server_id and l.answered_round = p.round
        where p.server_id = m.server_id and p.meeting_id = m.meeting_id
          and (case when m.internal_meeting_id is null then coalesce(p.instance, m.instance) = m.instance
               else p.internal_meeting_id = m.internal_meeting_id end)
        limit 1) p on true
    where m.tenant_id = t.id and m.tenant_id <> '') now
where t.id = any($1) and (t.meeting_quota is not null or t.user_quota is not null)
