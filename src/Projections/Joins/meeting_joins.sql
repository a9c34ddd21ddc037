-- How many joins were routed to a live meeting since its placing. Those counted were sent to one of these servers: a join that is
-- written after the meeting failed on its server, and was placed on the next, counts as little as one that is written before.
create table if not exists meeting_joins (
    instance uuid primary key,
    servers  text[] not null,
    joins    bigint not null default 0
);
