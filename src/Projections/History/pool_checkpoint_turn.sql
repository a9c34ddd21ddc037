-- Who makes checkpoints, and how far the log is known to be safe. One row.
create table if not exists pool_checkpoint_turn (
    only_row     boolean primary key default true check (only_row),
    owner        uuid null,
    leased_until timestamptz null,
    safe_number  bigint not null default 0,
    safe_at      timestamptz null
);
insert into pool_checkpoint_turn default values on conflict do nothing;
