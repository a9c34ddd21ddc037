-- Where a live meeting is. One place for a tenant's meetingID, and no server holds two live meetings with one meetingID.
-- The key begins with the meetingID, so that it also finds an id in every tenant.
create table if not exists meeting_location (
    tenant_id           text not null,
    meeting_id          text not null,
    instance            uuid not null unique,
    server_id           text not null,
    state               text not null check (state in ('placing', 'live')),
    internal_meeting_id text null,
    create_time         bigint null,
    deadline            timestamptz null,
    placed_at           timestamptz not null,
    primary key (meeting_id, tenant_id),
    unique (server_id, meeting_id)
);
create index if not exists meeting_location_tenant on meeting_location (tenant_id) where tenant_id <> '';
