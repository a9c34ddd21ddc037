-- Archives say when their meetings were, and may say what is no time.
create or replace view analytics.recordings as
select
    r.record_id,
    nullif(r.tenant_id, '') as tenant_id,
    t.name as tenant,
    r.meeting_id,
    r.internal_meeting_id,
    r.instance,
    r.state,
    r.protected,
    to_timestamp(least(greatest(r.start_time, 0), 253402300799999) / 1000.0) as started_at,
    to_timestamp(least(greatest(r.end_time, 0), 253402300799999) / 1000.0) as ended_at,
    (r.end_time::double precision - r.start_time) / 1000 as duration_seconds,
    r.participants,
    f.formats,
    f.length_minutes as playback_minutes,
    f.bytes,
    r.raw_size as raw_bytes,
    r.is_breakout,
    r.imported_at,
    r.deleted_at
from recording_catalog r
left join tenant t on t.id = r.tenant_id
cross join lateral (
    select string_agg(format, ',' order by format) as formats, max(length_minutes) as length_minutes, sum(bytes)::bigint as bytes
    from recording_format where record_id = r.record_id
) f;

comment on view analytics.recordings is 'Recordings, one row each, deleted ones too. Names, metadata and thumbnails are left out: they may tell of persons.';
comment on column analytics.recordings.record_id is 'The recordID.';
comment on column analytics.recordings.tenant_id is 'The tenant; null without tenants.';
comment on column analytics.recordings.tenant is 'The tenant''s name as it is now; null for one that was removed.';
comment on column analytics.recordings.meeting_id is 'The meetingID that the client chose.';
comment on column analytics.recordings.internal_meeting_id is 'The id that its node gave the meeting.';
comment on column analytics.recordings.instance is 'The run of the meeting, where it is known: meetings.instance.';
comment on column analytics.recordings.state is 'published, unpublished or deleted.';
comment on column analytics.recordings.protected is 'It is played with a token only.';
comment on column analytics.recordings.started_at is 'When the meeting began, by its node''s clock. Filter time ranges by this column: it has an index.';
comment on column analytics.recordings.ended_at is 'When the meeting ended, by its node''s clock.';
comment on column analytics.recordings.duration_seconds is 'From started_at to ended_at.';
comment on column analytics.recordings.participants is 'How many took part, where the archive says; null otherwise.';
comment on column analytics.recordings.formats is 'Its playback formats, sorted, with commas between; null where it has none.';
comment on column analytics.recordings.playback_minutes is 'The length of its longest playback in minutes; null where it has none.';
comment on column analytics.recordings.bytes is 'How many bytes its files take up; null where it has none.';
comment on column analytics.recordings.raw_bytes is 'How large the raw material was, where the archive says; null otherwise.';
comment on column analytics.recordings.is_breakout is 'It is that of a breakout room.';
comment on column analytics.recordings.imported_at is 'When its first format was imported.';
comment on column analytics.recordings.deleted_at is 'When it was deleted; null where it was not.';
