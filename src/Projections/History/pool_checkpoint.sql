-- The pool as it was after some events of the log, so that any moment is folded from the nearest of them. Thrown away, they are made anew.
create table if not exists pool_checkpoint (
    format      int not null,
    number      bigint not null,
    first_at    timestamptz not null,
    last_at     timestamptz not null,
    events      bigint not null,
    kept_events bigint not null,
    state       bytea not null,
    made_at     timestamptz not null default now(),
    primary key (format, number)
);
-- From the newest back, until one has an event as old as asked for: this index alone is read.
create index if not exists pool_checkpoint_first_at on pool_checkpoint (format, number) include (first_at);
comment on column pool_checkpoint.format is 'What the bytes mean; those of another version of the program are ignored.';
comment on column pool_checkpoint.number is 'The state is that after the events up to this number.';
comment on column pool_checkpoint.first_at is 'The least timestamp of the events since the checkpoint before.';
comment on column pool_checkpoint.last_at is 'The greatest timestamp of the events since the checkpoint before.';
comment on column pool_checkpoint.events is 'How many events there were since the checkpoint before.';
comment on column pool_checkpoint.kept_events is 'How many of them are not pruned with their day.';
comment on column pool_checkpoint.state is 'The state, compressed.';
