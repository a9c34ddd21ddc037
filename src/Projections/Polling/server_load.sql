-- A row for each server: what its last poll showed and when the next is due.
create table if not exists server_load (
    server_id       text primary key,
    registered_at   timestamptz not null,
    round           bigint not null default 0,
    next_poll_at    timestamptz not null,
    polled_at       timestamptz null,
    answered_round  bigint not null default 0,
    answered_at     timestamptz null,
    successes       int not null default 0,
    failures        int not null default 0,
    error           text null,
    meetings        int not null default 0,
    users           int not null default 0,
    largest_meeting int not null default 0,
    videos          int not null default 0,
    missing         uuid[] not null default '{}'
);
create index if not exists server_load_due on server_load (next_poll_at);
