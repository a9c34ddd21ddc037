-- Numbers in use by live meetings, unique over all tenants; freed at the end.
create table if not exists voice_bridge (
    number   text primary key,
    instance uuid not null unique
);
