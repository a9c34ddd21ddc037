-- Every internalMeetingID that a run ever had, on whichever server; kept for recordings, analytics and explanations.
create table if not exists meeting_internal_id (
    internal_meeting_id text collate "C" primary key,
    instance            uuid not null,
    server_id           text not null
);
create index if not exists meeting_internal_id_instance on meeting_internal_id (instance);
