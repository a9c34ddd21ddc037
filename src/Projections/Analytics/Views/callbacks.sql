create or replace view analytics.callbacks as
select
    c.callback_id,
    c.kind,
    nullif(c.tenant_id, '') as tenant_id,
    t.name as tenant,
    c.instance,
    c.meeting_id,
    c.record_id,
    c.host,
    c.state,
    c.registered_at,
    c.ended_at,
    extract(epoch from c.ended_at - c.registered_at)::double precision as delay_seconds,
    c.attempts,
    c.last_status
from callback_queue c
left join tenant t on t.id = c.tenant_id;

comment on view analytics.callbacks is 'Calls that clients are or were owed. Of the target only its host is told: URLs may hold secrets.';
comment on column analytics.callbacks.callback_id is 'Our id of the call.';
comment on column analytics.callbacks.kind is 'RecordingReady, Analytics, MeetingEnded or Hook.';
comment on column analytics.callbacks.tenant_id is 'The tenant; null without tenants.';
comment on column analytics.callbacks.tenant is 'The tenant''s name as it is now; null for one that was removed.';
comment on column analytics.callbacks.instance is 'The run of the meeting, where it is known: meetings.instance.';
comment on column analytics.callbacks.meeting_id is 'The meetingID that the client chose.';
comment on column analytics.callbacks.record_id is 'The recording that it tells of; null for other kinds.';
comment on column analytics.callbacks.host is 'The host of the target.';
comment on column analytics.callbacks.state is 'waiting, delivered or abandoned.';
comment on column analytics.callbacks.registered_at is 'When it was owed. Filter time ranges by this column: it has an index.';
comment on column analytics.callbacks.ended_at is 'When it was delivered or abandoned; null while it waits.';
comment on column analytics.callbacks.delay_seconds is 'From registered_at to ended_at.';
comment on column analytics.callbacks.attempts is 'How often it was tried.';
comment on column analytics.callbacks.last_status is 'The HTTP status of the last answer; null where there was none.';
