-- Which schema this database has. The highest version counts; the fingerprint tells whether the very same scripts ran.
create table if not exists schema_version (
    version      int primary key,
    fingerprint  text not null,
    installed_at timestamptz not null default now()
);
