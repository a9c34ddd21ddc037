-- Copies of live meetings that our own events left on another server. They are ended once they are empty.
create table if not exists meeting_copy (
    instance            uuid not null,
    server_id           text not null,
    meeting_id          text not null,
    internal_meeting_id text null,
    reason              text not null,
    since               timestamptz not null,
    primary key (instance, server_id)
);
create index if not exists meeting_copy_server on meeting_copy (server_id, meeting_id);
