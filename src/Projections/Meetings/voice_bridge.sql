-- Numbers in use by live meetings, of all tenants; freed at the end. Placing is what keeps them unique: an adopted meeting
-- brings the number that its node gave it.
create table if not exists voice_bridge (
    number   text collate "C" not null,
    instance uuid not null unique,
    primary key (number, instance)
);
