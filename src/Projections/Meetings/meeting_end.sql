-- Runs that are over and whose nodes call us at the end, until their clients are told, or need not be.
create table if not exists meeting_end (
    instance   uuid primary key,
    learned_at timestamptz not null,
    called     boolean not null
);
