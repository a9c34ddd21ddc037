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
    imported_at         timestamptz not null,
    deleted_at          timestamptz null,
    restores            boolean not null default false
);
