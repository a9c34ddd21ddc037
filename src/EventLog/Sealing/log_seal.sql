-- The log, sealed in intervals: each row covers the numbers from first_number to last_number, is signed, and names the hash of the row before it.
create table if not exists log_seal (
    seal         bigint primary key,
    first_number bigint not null,
    last_number  bigint not null,
    events       int not null,
    sealed_at    timestamptz not null,
    root         bytea not null,
    leaves_hash  bytea not null,
    previous     bytea not null,
    key          text not null,
    signature    bytea not null,
    -- 56 bytes an event (SealedLeaves): with them it can be said which event is not what it was.
    leaves       bytea not null,
    -- When it was written outside the database; null: not yet, or nothing is set.
    filed_at     timestamptz null,
    posted_at    timestamptz null
);
-- Hashes do not compress.
alter table log_seal alter column leaves set storage external;
create index if not exists log_seal_not_filed on log_seal (seal) where filed_at is null;
create index if not exists log_seal_not_posted on log_seal (seal) where posted_at is null;
