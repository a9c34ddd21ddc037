-- How many joins were routed to a live meeting since its placing.
create table if not exists meeting_joins (
    instance uuid primary key,
    joins    bigint not null default 0
);
