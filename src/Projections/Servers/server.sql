-- A row for each server of the pool, changed by its own stream alone. Removal deletes it.
create table if not exists server (
    id                 text primary key,
    url                text not null,
    host               text not null,
    secret_fingerprint text not null,
    load_multiplier    numeric not null check (load_multiplier > 0),
    tag                text null,
    state              text not null default 'disabled' check (state in ('enabled', 'cordoned', 'disabled')),
    health             text not null default 'offline' check (health in ('online', 'suspect', 'offline')),
    offline_since      timestamptz null,
    bbb_version        text null,
    capacity           int null,
    registered_at      timestamptz not null,
    end_relay_since    timestamptz null
);
