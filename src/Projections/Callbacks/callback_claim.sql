-- Which attempt of a callback a worker is at. Not a read model: what is lost of it ends by itself.
create table if not exists callback_claim (
    callback_id  uuid primary key,
    attempt      int not null,
    leased_until timestamptz not null
);
create index if not exists callback_claim_leased_until on callback_claim (leased_until);
