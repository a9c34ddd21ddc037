-- How many joins were routed to a live meeting since its placing.
create table if not exists meeting_joins (
    instance  uuid primary key,
    server_id text not null,
    placed_at timestamptz not null,
    joins     bigint not null default 0
);
create index if not exists meeting_joins_server on meeting_joins (server_id);
