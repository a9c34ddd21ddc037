-- Which process works on an import. Not a read model: what is lost of it ends by itself.
create table if not exists import_claim (
    import_id    uuid primary key,
    owner        uuid not null,
    leased_until timestamptz not null
);
