-- The rounds that were accepted lately. The key refuses a second result of one round.
create table if not exists poll_round (
    server_id text not null,
    round     bigint not null,
    primary key (server_id, round)
);
