create or replace view analytics.joins as
select
    j.instance,
    nullif(i.tenant_id, '') as tenant_id,
    t.name as tenant,
    i.meeting_id,
    j.minute,
    j.server_id,
    s.host as server_host,
    j.joins
from (
    select instance, minute, server_id, sum(joins)::bigint as joins from join_minute group by instance, minute, server_id
) j
left join meeting_instance i on i.instance = j.instance
left join tenant t on t.id = i.tenant_id
left join server s on s.id = j.server_id;

comment on view analytics.joins is 'How many joins of a meeting were sent to a server in a minute. A join is a user who was let in, not one who arrived.';
comment on column analytics.joins.instance is 'The run of the meeting: meetings.instance.';
comment on column analytics.joins.tenant_id is 'The tenant; null without tenants.';
comment on column analytics.joins.tenant is 'The tenant''s name as it is now; null for one that was removed.';
comment on column analytics.joins.meeting_id is 'The meetingID that the client chose.';
comment on column analytics.joins.minute is 'The beginning of the minute. Filter time ranges by this column: it has an index.';
comment on column analytics.joins.server_id is 'The server.';
comment on column analytics.joins.server_host is 'The host of that server''s API; null for a server that has left the pool.';
comment on column analytics.joins.joins is 'How many.';
