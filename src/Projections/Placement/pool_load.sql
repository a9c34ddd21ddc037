-- The load of every server before its multiplier: its last answer, and what was placed and joined since and is not in it.
-- $1: LOAD_MIN_USER_COUNT; $2: meetings placed after this moment are young (LOAD_JOIN_BUFFER_TIME).
-- What is "seen" is decided by content: the answer names this run of the meeting, which is told by its internalMeetingID where we know
-- that, else by the instance that had the meetingID when the poll began.
with seen as (
    select p.server_id,
           count(*) as meetings,
           sum(case when young then greatest($1, p.users + routed) else p.users + routed end) as users,
           sum(case when young then greatest($1, p.users + p.moderators) else p.users + p.moderators end) as scalelite_users,
           sum(routed) as routed
    from polled_meeting p
    join server_load l on l.server_id = p.server_id and l.answered_round = p.round
    left join meeting_location m
        on m.server_id = p.server_id and m.meeting_id = p.meeting_id
        and (case when m.internal_meeting_id is null then coalesce(p.instance, m.instance) = m.instance
             else p.internal_meeting_id = m.internal_meeting_id end)
    left join meeting_joins j on j.instance = m.instance
    cross join lateral (
        select greatest(0, coalesce(j.joins, 0) - p.joins_before) as routed,
               coalesce(m.placed_at, to_timestamp(p.create_time / 1000.0)) > $2 as young) c
    group by p.server_id
), unseen as (
    select m.server_id,
           count(*) as meetings,
           sum(greatest($1, coalesce(j.joins, 0))) as users,
           sum(1 + coalesce(j.joins, 0)) as scalelite_users
    from meeting_location m
    left join meeting_joins j on j.instance = m.instance
    where not exists (
        select from polled_meeting p
        join server_load l on l.server_id = p.server_id and l.answered_round = p.round
        where p.server_id = m.server_id and p.meeting_id = m.meeting_id
          and (case when m.internal_meeting_id is null then coalesce(p.instance, m.instance) = m.instance
               else p.internal_meeting_id = m.internal_meeting_id end))
    group by m.server_id
)
select s.id, s.url, s.secret_fingerprint, s.state, s.health, s.offline_since, s.tag, s.load_multiplier, s.bbb_version,
       l.answered_at, l.failures, l.round, l.polled_at, l.error, l.users, l.videos, l.largest_meeting,
       (coalesce(seen.meetings, 0) + coalesce(unseen.meetings, 0))::int as meetings,
       coalesce(seen.users, 0)::bigint as seen,
       coalesce(unseen.users, 0)::bigint as unseen,
       coalesce(seen.scalelite_users, 0)::bigint as scalelite_seen,
       (coalesce(seen.routed, 0) + coalesce(unseen.scalelite_users, 0))::bigint as scalelite_since,
       s.capacity
from server s
join server_load l on l.server_id = s.id
left join seen on seen.server_id = s.id
left join unseen on unseen.server_id = s.id
order by s.registered_at, s.id
