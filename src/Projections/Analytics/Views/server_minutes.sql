create or replace view analytics.server_minutes as
select
    m.server_id,
    s.host as server_host,
    m.minute,
    m.polls,
    m.failed,
    case when m.failed = 0 then 'online' when m.failed < m.polls then 'suspect' else 'offline' end as health,
    m.load,
    s.load_multiplier::double precision as load_multiplier,
    m.meetings,
    m.users,
    m.videos
from server_minute m
left join server s on s.id = m.server_id;

comment on view analytics.server_minutes is 'What the polls of a server that began in one minute showed; kept when the polls themselves are pruned. A minute without a poll has no row.';
comment on column analytics.server_minutes.server_id is 'The server.';
comment on column analytics.server_minutes.server_host is 'The host of the server''s API; null for a server that has left the pool.';
comment on column analytics.server_minutes.minute is 'The beginning of the minute. Filter time ranges by this column: it has an index.';
comment on column analytics.server_minutes.polls is 'How many polls began in it.';
comment on column analytics.server_minutes.failed is 'How many of them failed.';
comment on column analytics.server_minutes.health is 'What the polls showed: online (none failed), suspect (some failed) or offline (all failed).';
comment on column analytics.server_minutes.load is 'The largest load that a poll showed, in users before the multiplier, a young meeting counted as at least LOAD_MIN_USER_COUNT; null where no poll said.';
comment on column analytics.server_minutes.load_multiplier is 'What the server''s load is multiplied with, as it is set now; null for a server that has left the pool.';
comment on column analytics.server_minutes.meetings is 'The most meetings that a poll showed.';
comment on column analytics.server_minutes.users is 'The most users that a poll showed, moderators included.';
comment on column analytics.server_minutes.videos is 'The most webcams that a poll showed.';
