create or replace view analytics.polls as
select
    p.server_id,
    s.host as server_host,
    p.began_at,
    p.round,
    p.elapsed_ms,
    p.succeeded,
    p.meetings,
    p.users,
    p.videos,
    p.reason
from poll_history p
left join server s on s.id = p.server_id;

comment on view analytics.polls is 'Polls of servers, one row each, for POLL_HISTORY_DAYS; older ones live on in server_minutes.';
comment on column analytics.polls.server_id is 'The server.';
comment on column analytics.polls.server_host is 'The host of the server''s API; null for a server that has left the pool.';
comment on column analytics.polls.began_at is 'When it was asked. Filter time ranges by this column: it has an index.';
comment on column analytics.polls.round is 'Counts the polls of this server since it was registered.';
comment on column analytics.polls.elapsed_ms is 'How long the answer or the failure took, in milliseconds.';
comment on column analytics.polls.succeeded is 'It answered as it should.';
comment on column analytics.polls.meetings is 'How many meetings it named; null where it failed.';
comment on column analytics.polls.users is 'How many users were in them, moderators included; null where it failed.';
comment on column analytics.polls.videos is 'How many webcams; null where it failed.';
comment on column analytics.polls.reason is 'Why it failed, in words; null where it did not.';
