-- Deletes a handled message in the transaction of its events; refuses the transaction if the lease is no longer the caller's.
create or replace function acknowledge_message(handled uuid, handled_by uuid, handled_attempt int) returns void
language plpgsql as $$
begin
    delete from message where id = handled and owner = handled_by and attempt = handled_attempt;
    if not found then
        raise exception 'the lease of message % was lost', handled using errcode = 'SL001';
    end if;
end
$$;
