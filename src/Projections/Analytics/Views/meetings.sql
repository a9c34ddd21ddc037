create or replace view analytics.meetings as
select
    i.instance,
    nullif(i.tenant_id, '') as tenant_id,
    t.name as tenant,
    i.meeting_id,
    i.internal_meeting_id,
    i.server_id,
    s.host as server_host,
    i.state,
    i.placed_at,
    i.started_at,
    i.ended_at,
    case when i.state = 'ended' then extract(epoch from i.ended_at - i.started_at)::double precision end as duration_seconds,
    case when i.state = 'ended' then i.how end as end_learned,
    i.peak_users,
    i.mean_users,
    i.record as recordable,
    i.is_breakout,
    i.adopted,
    i.moves
from meeting_instance i
left join tenant t on t.id = i.tenant_id
left join server s on s.id = i.server_id;

comment on view analytics.meetings is 'Runs of meetings, one row each, from the placing to the end. A meetingID that is used again is another run.';
comment on column analytics.meetings.instance is 'Our id of this run.';
comment on column analytics.meetings.tenant_id is 'The tenant; null without tenants.';
comment on column analytics.meetings.tenant is 'The tenant''s name as it is now; null for one that was removed.';
comment on column analytics.meetings.meeting_id is 'The meetingID that the client chose. It may hint at a person or a room: treat it as the client does.';
comment on column analytics.meetings.internal_meeting_id is 'The id that the node gave it, which its logs and recordings name.';
comment on column analytics.meetings.server_id is 'The server that it is or was on last.';
comment on column analytics.meetings.server_host is 'The host of that server''s API; null for a server that has left the pool.';
comment on column analytics.meetings.state is 'placing, live, ended or failed (no server took it).';
comment on column analytics.meetings.placed_at is 'When it was placed, or found on a node. Filter time ranges by this column: it has an index.';
comment on column analytics.meetings.started_at is 'When its node had it; null for one that never began.';
comment on column analytics.meetings.ended_at is 'When it ended, as far as known, or when placing it failed; null while it runs.';
comment on column analytics.meetings.duration_seconds is 'From started_at to ended_at; null while it runs and for one that never began.';
comment on column analytics.meetings.end_learned is 'How its end was learned: EndCall, NotFound, Polls, Callback, Replaced, ServerRemoved, ServerPanicked or PlacedAnew.';
comment on column analytics.meetings.peak_users is 'The most users that a poll saw in it, moderators included; null before the end.';
comment on column analytics.meetings.mean_users is 'The mean of the users that the polls saw in it; null before the end.';
comment on column analytics.meetings.recordable is 'The create asked for recording.';
comment on column analytics.meetings.is_breakout is 'It is a breakout room.';
comment on column analytics.meetings.adopted is 'It was found on a node, not placed by the load balancer.';
comment on column analytics.meetings.moves is 'How often it moved to another server because its own did not answer.';
