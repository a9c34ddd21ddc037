-- Messages that failed for good, with their last error, until someone replays or deletes them.
create table if not exists message_dead_letter (
    id uuid not null constraint message_dead_letter_pkey primary key,
    type text not null,
    body jsonb not null,
    attempts int not null,
    correlation_id text null,
    causation_id text null,
    sent_at timestamptz not null,
    failed_at timestamptz not null default now(),
    error text not null
);
