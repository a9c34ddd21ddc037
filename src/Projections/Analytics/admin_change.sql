-- What people (and what acts for them) changed of the pool, its tenants, tokens, recordings and the log: an event a row.
-- The summary holds no name and no value that could be a secret or a person's.
create table if not exists admin_change (
    event_id       uuid primary key,
    at             timestamptz not null,
    type           text not null,
    subject_kind   text not null,
    subject_id     text not null,
    summary        text not null,
    actor          text null,
    address        text null,
    reason         text null,
    command        text null,
    correlation_id text null
);
create index if not exists admin_change_at on admin_change (at);
create index if not exists admin_change_subject on admin_change (subject_kind, subject_id, at);
