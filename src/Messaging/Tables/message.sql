-- What is to be handled: due when due_at has passed and no lease is running.
create table if not exists message (
    id uuid not null constraint message_pkey primary key,
    type text not null,
    body jsonb not null,
    due_at timestamptz not null,
    attempt int not null default 0,
    owner uuid null,
    leased_until timestamptz null,
    correlation_id text null,
    causation_id text null,
    sent_at timestamptz not null default now(),
    error text null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.5);
