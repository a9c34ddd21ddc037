-- Parameters that a tenant sets for its creates and joins: defaults and overrides.
create table if not exists tenant_setting (
    id        text primary key,
    tenant_id text not null,
    param     text not null,
    value     text not null,
    override  boolean not null,
    unique (tenant_id, param, override)
);
