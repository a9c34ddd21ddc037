-- The polls of the last POLL_HISTORY_DAYS, one by one; those of a day go with their stream.
create table if not exists poll_history (
    server_id  text not null,
    began_at   timestamptz not null,
    round      bigint not null,
    elapsed_ms int not null,
    succeeded  boolean not null,
    meetings   int null,
    users      int null,
    videos     int null,
    reason     text null,
    primary key (server_id, began_at, round)
);
create index if not exists poll_history_began_at on poll_history (began_at);
