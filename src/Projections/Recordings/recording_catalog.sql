-- A row for each recording; a deleted one keeps its row without formats and metadata.
create table if not exists recording_catalog (
    record_id           text collate "C" primary key,
    tenant_id           text not null,
    meeting_id          text not null,
    internal_meeting_id text null,
    instance            uuid null,
    name                text not null,
    state               text not null check (state in ('published', 'unpublished', 'deleted')),
    protected           boolean not null default false,
    start_time          bigint not null,
    end_time            bigint not null,
    participants        int null,
    raw_size            bigint null,
    is_breakout         boolean not null,
    breakout            jsonb null,
    breakout_rooms      text[] not null default '{}',
    -- What recording_metadata holds of it, in one value: read with the row, and searched for pairs by one index however common each pair is.
    metadata            jsonb not null default '{}',
    imported_at         timestamptz not null,
    deleted_at          timestamptz null,
    restores            boolean not null default false,
    -- Name and metadata were overwritten in the events, and nothing was imported since.
    forgotten           boolean not null default false
);
alter table recording_catalog add column if not exists forgotten boolean not null default false;
create index if not exists recording_catalog_meeting on recording_catalog (meeting_id, tenant_id);
create index if not exists recording_catalog_state on recording_catalog (tenant_id, state, start_time desc, record_id);
create index if not exists recording_catalog_metadata on recording_catalog using gin (metadata jsonb_path_ops) with (fastupdate = off);
create index if not exists recording_catalog_end_time on recording_catalog (end_time) where state <> 'deleted';
-- As analytics.recordings has it: what an archive says may be no time, and is taken for the first or the last.
create index if not exists recording_catalog_started_at on recording_catalog (to_timestamp(least(greatest(start_time, 0), 253402300799999) / 1000.0));
create index if not exists recording_catalog_unforgotten on recording_catalog (deleted_at) where state = 'deleted' and not forgotten;
