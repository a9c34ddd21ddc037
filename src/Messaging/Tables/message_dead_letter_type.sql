-- Dead letters of one type, latest first.
create index if not exists message_dead_letter_type on message_dead_letter (type, failed_at);
