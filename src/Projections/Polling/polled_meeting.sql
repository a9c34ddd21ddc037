-- A row for each meeting that a node named lately, with its size over time. Those with round = server_load.answered_round
-- stand in the node's last answer; the others are kept for an hour, so that the end of a meeting can still tell its size.
create table if not exists polled_meeting (
    server_id           text not null,
    internal_meeting_id text not null,
    meeting_id          text not null,
    round               bigint not null,
    instance            uuid null,
    create_time         bigint not null,
    users               int not null,
    moderators          int not null,
    voice               int not null,
    videos              int not null,
    recording           boolean not null,
    is_breakout         boolean not null,
    parent_meeting_id   text null,
    joins_before        bigint not null,
    first_seen_at       timestamptz not null,
    last_seen_at        timestamptz not null,
    polls               int not null default 1,
    user_polls          bigint not null,
    peak                int not null,
    curve               int[] not null,
    curve_step          int not null default 1,
    primary key (server_id, internal_meeting_id)
);
