-- The formats of recordings that have files, and where these lie.
create table if not exists recording_format (
    record_id       text collate "C" not null,
    format          text collate "C" not null,
    place           text not null check (place in ('published', 'unpublished')),
    link            text not null,
    length_minutes  int not null,
    processing_ms   bigint null,
    size_bytes      bigint null,
    thumbnails      jsonb not null,
    files           int not null,
    bytes           bigint not null,
    manifest_sha256 text null,
    imported_at     timestamptz not null,
    primary key (record_id, format)
);
