create or replace view analytics.servers as
select
    s.id as server_id,
    s.host,
    s.tag,
    s.state,
    s.health,
    s.offline_since,
    s.load_multiplier::double precision as load_multiplier,
    s.capacity,
    s.bbb_version,
    s.registered_at,
    l.polled_at,
    l.meetings,
    l.users,
    l.videos
from server s
left join server_load l on l.server_id = s.id;

comment on view analytics.servers is 'The servers of the pool as they are now. One that has left the pool has no row.';
comment on column analytics.servers.server_id is 'The server.';
comment on column analytics.servers.host is 'The host of its API.';
comment on column analytics.servers.tag is 'Its tag; null for an untagged one.';
comment on column analytics.servers.state is 'What the operator wants: enabled, cordoned or disabled.';
comment on column analytics.servers.health is 'What polls and calls show: online, suspect or offline.';
comment on column analytics.servers.offline_since is 'When it went offline; null if it is not, or was never online.';
comment on column analytics.servers.load_multiplier is 'What its load is multiplied with.';
comment on column analytics.servers.capacity is 'How many users it is meant for; null where nobody says.';
comment on column analytics.servers.bbb_version is 'The version of BigBlueButton that it says it runs; null while it is not known.';
comment on column analytics.servers.registered_at is 'When it joined the pool.';
comment on column analytics.servers.polled_at is 'When its last poll began, good or bad; null before the first.';
comment on column analytics.servers.meetings is 'Meetings in its last answer.';
comment on column analytics.servers.users is 'Users in its last answer, moderators included.';
comment on column analytics.servers.videos is 'Webcams in its last answer.';
