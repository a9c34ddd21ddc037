create or replace view analytics.admin_changes as
select
    a.event_id,
    a.at,
    a.type,
    a.subject_kind,
    a.subject_id,
    a.summary,
    a.actor,
    a.reason,
    a.command,
    a.correlation_id
from admin_change a;

comment on view analytics.admin_changes is 'What people, and what acts for them, changed: servers, tenants, tokens, recordings, ends of meetings, retries, and what was forgotten or pruned.';
comment on column analytics.admin_changes.event_id is 'The id of the event.';
comment on column analytics.admin_changes.at is 'When. Filter time ranges by this column: it has an index.';
comment on column analytics.admin_changes.type is 'The event''s type: server_cordoned.';
comment on column analytics.admin_changes.subject_kind is 'What was changed: server, tenant, token, recording, meeting, import, callback, dead_letter or log.';
comment on column analytics.admin_changes.subject_id is 'Its id; of a meeting its instance; of the log the stream, or what was forgotten.';
comment on column analytics.admin_changes.summary is 'What was done, in words, without names, metadata and values of settings.';
comment on column analytics.admin_changes.actor is 'Who did it: cli:NAME, token:NAME, admin-api, lms, a tenant, or a part of the program.';
comment on column analytics.admin_changes.reason is 'Why, in the person''s words; null where none was given.';
comment on column analytics.admin_changes.command is 'The command or call: servers cordon.';
comment on column analytics.admin_changes.correlation_id is 'The request that caused it, as the logs name it; null where there was none.';
