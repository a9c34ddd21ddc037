-- The joins of a meeting that one process sent to one server in one minute. The process is in the key, so that a row belongs to one stream.
create table if not exists join_minute (
    instance  uuid not null,
    server_id text not null,
    minute    timestamptz not null,
    process   uuid not null,
    joins     int not null,
    primary key (instance, minute, server_id, process)
);
create index if not exists join_minute_minute on join_minute (minute);
