-- Puts dead letters back among the due messages, with all their attempts before them; null for all. Returns how many.
create or replace function replay_dead_letters(letter uuid) returns bigint
language sql as $$
    with dead as (
        delete from message_dead_letter where letter is null or id = letter returning *
    ), due as (
        insert into message (id, type, body, due_at, correlation_id, causation_id, sent_at)
        select id, type, body, now(), correlation_id, causation_id, sent_at from dead
        returning 1
    )
    select count(*) from due
$$;
