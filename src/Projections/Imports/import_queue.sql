-- Archives on their way into the catalog. Completed ones stay, for people and for the delay that analysts ask for.
create table if not exists import_queue (
    import_id    uuid primary key,
    name         text not null,
    bytes        bigint not null,
    source       text not null,
    server_id    text null,
    state        text not null check (state in ('received', 'checked', 'staged', 'in_place', 'imported', 'completed', 'quarantined')),
    record_ids   text[] not null default '{}',
    formats      int not null default 0,
    imported     int not null default 0,
    attempts     int not null default 0,
    reason       text null,
    due_at       timestamptz null,
    received_at  timestamptz not null,
    completed_at timestamptz null
);
create index if not exists import_queue_due_at on import_queue (due_at) where due_at is not null;
create index if not exists import_queue_open on import_queue (received_at) where state <> 'completed';
create index if not exists import_queue_received_at on import_queue (received_at);
create index if not exists import_queue_record_ids on import_queue using gin (record_ids);
