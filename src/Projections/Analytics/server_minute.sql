-- What the polls of a server that began in one minute showed. It outlives them: past days come from what was rolled up.
create table if not exists server_minute (
    server_id text not null,
    minute    timestamptz not null,
    polls     int not null,
    failed    int not null,
    load      bigint null,
    meetings  int not null,
    users     int not null,
    videos    int not null,
    primary key (server_id, minute)
);
create index if not exists server_minute_minute on server_minute (minute);
