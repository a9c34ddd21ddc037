-- The digests of events as they are stored, of the rows that a query "chosen" before this one gives, in order of number.
-- Whoever sees the same row computes the same bytes, whatever the session's time zone, date style or client encoding: numbers, uuids and times as
-- PostgreSQL sends them (big-endian; times in microseconds since 2000, UTC), texts in UTF-8 behind their length, null as 00 where a value begins with 01.
-- leaf = sha256(00 || sha256(metadata) || archived || sha256(data)): a leaf never looks like an inner node, which begins with 01.
-- mt_dotnet_type is left out, since it names the program and not the event; bdata and tenant_id, since no reader of ours looks at them.
select seq_id, stream_id, archived <> 0 as archived, metadata, data,
       sha256(decode('00', 'hex') || metadata || decode(lpad(to_hex(archived), 2, '0'), 'hex') || data) as leaf
from (
    select seq_id, stream_id::text as stream_id,
           case when is_archived then 1 else 0 end as archived,
           sha256(convert_to(data::text, 'UTF8')) as data,
           sha256(
               int8send(seq_id) || uuid_send(id)
               || int4send(octet_length(convert_to(stream_id::text, 'UTF8'))) || convert_to(stream_id::text, 'UTF8')
               || int8send(version)
               || int4send(octet_length(convert_to(type::text, 'UTF8'))) || convert_to(type::text, 'UTF8')
               || timestamptz_send(timestamp)
               || coalesce(decode('01', 'hex') || int4send(octet_length(convert_to(correlation_id::text, 'UTF8'))) || convert_to(correlation_id::text, 'UTF8'), decode('00', 'hex'))
               || coalesce(decode('01', 'hex') || int4send(octet_length(convert_to(causation_id::text, 'UTF8'))) || convert_to(causation_id::text, 'UTF8'), decode('00', 'hex'))
               || coalesce(decode('01', 'hex') || int4send(octet_length(convert_to(headers::text, 'UTF8'))) || convert_to(headers::text, 'UTF8'), decode('00', 'hex'))
           ) as metadata
    from chosen
) digests
order by seq_id
