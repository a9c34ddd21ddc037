-- A row for each run of a meeting; kept after its end for callbacks, recordings and explanations.
create table if not exists meeting_instance (
    instance                       uuid primary key,
    tenant_id                      text not null,
    meeting_id                     text not null,
    server_id                      text not null,
    state                          text not null check (state in ('placing', 'live', 'ended', 'failed')),
    internal_meeting_id            text null,
    create_time                    bigint null,
    create_times                   bigint[] not null default '{}',
    name                           text null,
    voice_bridge                   text null,
    record                         boolean not null default false,
    is_breakout                    boolean not null default false,
    parent_meeting_id              text null,
    adopted                        boolean not null default false,
    metadata                       jsonb not null default '{}',
    moderator_password_fingerprint text null,
    placed_at                      timestamptz not null,
    started_at                     timestamptz null,
    ended_at                       timestamptz null,
    how                            text null,
    moves                          int not null default 0,
    peak_users                     int null,
    mean_users                     double precision null,
    end_relayed                    boolean not null default false,
    end_called_at                  timestamptz null
);
create index if not exists meeting_instance_meeting_id on meeting_instance (tenant_id, meeting_id, placed_at);
create index if not exists meeting_instance_internal_meeting_id on meeting_instance (internal_meeting_id);
create index if not exists meeting_instance_recorded on meeting_instance (ended_at) where record;
create index if not exists meeting_instance_ended on meeting_instance (server_id, ended_at) where end_relayed and ended_at is not null;
create index if not exists meeting_instance_placed_at on meeting_instance (placed_at);
