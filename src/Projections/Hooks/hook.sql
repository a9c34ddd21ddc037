-- URLs of clients that hear of what happens in meetings; what was destroyed stays until it is created again.
create table if not exists hook (
    hook_id            uuid primary key,
    number             bigint not null unique,
    tenant_id          text not null,
    meeting_id         text null,
    event_ids          text null,
    get_raw            boolean not null,
    host               text not null,
    url_fingerprint    text not null,
    signer_fingerprint text not null,
    origin             text not null,
    created_at         timestamptz not null,
    destroyed_at       timestamptz null
);
create index if not exists hook_tenant on hook (tenant_id, number);
