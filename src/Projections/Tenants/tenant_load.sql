-- What tenants with a quota have now: meetings that are placed or live, and their users as the last polls showed them and joins routed
-- since. Breakouts do not count: who is in one is in its parent too.
-- It runs under the placement lock: limit 1 has each meeting looked up by indexes, where the planner would rather read whole tables.
-- $1: ids of tenants.
select t.id, t.meeting_quota, t.user_quota, now.meetings, now.users
from tenant t
cross join lateral (
    select count(*) as meetings,
           coalesce(sum(case when p.users is null then coalesce(j.joins, 0)
                        else p.users + greatest(0, coalesce(j.joins, 0) - p.joins_before) end), 0)::bigint as users
    from meeting_location m
    cross join lateral (select is_breakout from meeting_instance where instance = m.instance limit 1) i
    left join lateral (select joins from meeting_joins where instance = m.instance limit 1) j on true
    left join lateral (
        select p.users, p.joins_before
        from polled_meeting p
        join server_load l on l.server_id = p.server_id and l.answered_round = p.round
        where p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id
        limit 1) p on true
    where m.tenant_id = t.id and m.tenant_id <> '' and not i.is_breakout) now
where t.id = any($1) and (t.meeting_quota is not null or t.user_quota is not null)
