-- Formats whose files are not where the recording's state wants them: to be moved, or removed where it was deleted.
create table if not exists recording_file_work (
    record_id text collate "C" not null,
    format    text collate "C" not null,
    since     timestamptz not null,
    primary key (record_id, format)
);
create index if not exists recording_file_work_since on recording_file_work (since);
