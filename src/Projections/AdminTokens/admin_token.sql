-- A row for each token of /admin/api/v1, changed by its own stream alone. Those that are over stay, for people.
create table if not exists admin_token (
    id         uuid primary key,
    name       text not null,
    role       text not null check (role in ('viewer', 'operator', 'admin')),
    hash       text collate "C" not null unique,
    issued_at  timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz null
);
create index if not exists admin_token_expires_at on admin_token (expires_at) where revoked_at is null;
