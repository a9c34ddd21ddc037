-- Metadata of recordings. What people changed is marked, so that a later import leaves it alone; a key that they removed stays as null.
create table if not exists recording_metadata (
    record_id text collate "C" not null,
    key       text collate "C" not null,
    value     text null,
    edited    boolean not null default false,
    primary key (record_id, key)
);
-- Values may be longer than what an index holds.
create index if not exists recording_metadata_value on recording_metadata (key, (left(value, 200) collate "C"), record_id);
