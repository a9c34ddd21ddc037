create or replace view analytics.tenants as
select
    t.id as tenant_id,
    t.name,
    t.enabled,
    t.meeting_quota,
    t.user_quota,
    t.retention_days,
    t.lrs_endpoint is not null as has_learning_record_store,
    t.added_at
from tenant t;

comment on view analytics.tenants is 'The tenants as they are now. One that was removed has no row.';
comment on column analytics.tenants.tenant_id is 'The tenant.';
comment on column analytics.tenants.name is 'Its name: the first label of the host that its clients call.';
comment on column analytics.tenants.enabled is 'It may create and join.';
comment on column analytics.tenants.meeting_quota is 'How many meetings it may have at once; null for any number.';
comment on column analytics.tenants.user_quota is 'How many users it may have at once; null for any number.';
comment on column analytics.tenants.retention_days is 'How long its recordings are kept; null: as RECORDING_RETENTION_DAYS says.';
comment on column analytics.tenants.has_learning_record_store is 'Its nodes report to a learning record store.';
comment on column analytics.tenants.added_at is 'When it was added.';
