-- Claiming reads in this order.
create index if not exists message_due on message (due_at);
