-- Each time that a meeting was given to a server, with why and what came of it. What the policy weighed is that of the chosen server;
-- the meeting's tenant and meetingID are in meeting_instance.
create table if not exists placement (
    instance         uuid not null,
    placed_at        timestamptz not null,
    server_id        text not null,
    attempt          int not null,
    moved            boolean not null,
    policy           text null,
    rule             text null,
    tag              text null,
    candidates       int null,
    load             numeric null,
    reserved         bigint null,
    poll_age_seconds double precision null,
    outcome          text not null check (outcome in ('placing', 'started', 'not_taken', 'uncertain', 'refused', 'abandoned', 'ended')),
    reason           text null,
    elapsed_ms       int null,
    primary key (instance, placed_at, server_id)
);
create index if not exists placement_placed_at on placement (placed_at);
