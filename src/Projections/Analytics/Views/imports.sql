create or replace view analytics.imports as
select
    q.import_id,
    q.name as archive,
    q.source,
    q.server_id,
    s.host as server_host,
    q.state,
    q.received_at,
    q.completed_at,
    extract(epoch from q.completed_at - q.received_at)::double precision as import_seconds,
    extract(epoch from q.completed_at - r.ended_at)::double precision as delay_seconds,
    nullif(array_to_string(q.record_ids, ','), '') as record_ids,
    q.bytes,
    q.formats,
    q.imported,
    q.attempts
from import_queue q
left join server s on s.id = q.server_id
cross join lateral (
    select to_timestamp(least(greatest(max(end_time), 0), 253402300799999) / 1000.0) as ended_at from recording_catalog where record_id = any(q.record_ids)
) r;

comment on view analytics.imports is 'Archives of recordings on their way into the catalog, completed ones too, with their delay.';
comment on column analytics.imports.import_id is 'Our id of the import.';
comment on column analytics.imports.archive is 'The archive''s file name.';
comment on column analytics.imports.source is 'spool (it lay in the spool) or upload (a node sent it).';
comment on column analytics.imports.server_id is 'The server that sent it; null from the spool.';
comment on column analytics.imports.server_host is 'The host of that server''s API; null from the spool and for a server that has left the pool.';
comment on column analytics.imports.state is 'received, checked, staged, in_place, imported, completed or quarantined.';
comment on column analytics.imports.received_at is 'When it was ours. Filter time ranges by this column: it has an index.';
comment on column analytics.imports.completed_at is 'When every format was in the catalog; null before.';
comment on column analytics.imports.import_seconds is 'From received_at to completed_at: what the import took.';
comment on column analytics.imports.delay_seconds is 'From the end of the meeting, by its node''s clock, to completed_at: what the viewers waited for, the node''s processing included.';
comment on column analytics.imports.record_ids is 'The recordIDs in it, with commas between; null before it was read.';
comment on column analytics.imports.bytes is 'The archive''s size in bytes.';
comment on column analytics.imports.formats is 'How many formats are in it.';
comment on column analytics.imports.imported is 'How many of them are in the catalog.';
comment on column analytics.imports.attempts is 'How often the step that it stands at has failed.';
