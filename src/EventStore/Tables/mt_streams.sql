create table if not exists mt_streams (
    id          varchar                  not null,
    type        varchar                  null,
    version     bigint                   null,
    timestamp   timestamp with time zone not null default (now()),
    created     timestamp with time zone not null default (now()),
    tenant_id   varchar                  null default '*DEFAULT*',
    is_archived boolean                  null default false,
    constraint pkey_mt_streams_id primary key (id)
);
