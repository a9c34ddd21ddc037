-- A row for each tenant, changed by its own stream alone. Removal deletes it. Commands that change names hold a lock, so that a name
-- passes from one tenant to another in the order of the log.
create table if not exists tenant (
    id                  text primary key,
    name                text not null unique,
    secret_fingerprints text[] not null,
    enabled             boolean not null default true,
    meeting_quota       int null,
    user_quota          int null,
    retention_days      int null,
    lrs_endpoint        text null,
    lrs_token_url       text null,
    lrs_fingerprint     text null,
    added_at            timestamptz not null
);
