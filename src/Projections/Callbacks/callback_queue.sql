-- Calls that clients are owed: waiting, delivered or given up.
create table if not exists callback_queue (
    callback_id        uuid primary key,
    kind               text not null,
    tenant_id          text not null,
    instance           uuid null,
    meeting_id         text not null,
    record_id          text null,
    host               text collate "C" not null,
    url_fingerprint    text not null,
    signer_fingerprint text null,
    state              text not null check (state in ('waiting', 'delivered', 'abandoned')),
    attempts           int not null default 0,
    last_status        int null,
    last_outcome       text null,
    due_at             timestamptz null,
    registered_at      timestamptz not null,
    ended_at           timestamptz null
);
create index if not exists callback_queue_due on callback_queue (host, due_at) where due_at is not null;
create index if not exists callback_queue_registered_at on callback_queue (registered_at);
create index if not exists callback_queue_record_id on callback_queue (record_id) where record_id is not null;
create index if not exists callback_queue_ended_at on callback_queue (ended_at) where ended_at is not null;
create index if not exists callback_queue_instance on callback_queue (instance) where instance is not null;
