-- Secrets of servers, tenants, meetings and callbacks, sealed under SECRET_KEY_BASE. Events and read models know fingerprints only.
create table if not exists secret (
    owner       text not null,
    kind        text not null,
    n           int not null,
    fingerprint text not null,
    sealed      bytea not null,
    valid_until timestamptz null,
    primary key (owner, kind, n)
);
create index if not exists secret_kind on secret (kind);
create index if not exists secret_valid_until on secret (valid_until) where valid_until is not null;
