-- Dead letters are listed latest first.
create index if not exists message_dead_letter_failed_at on message_dead_letter (failed_at, id);
