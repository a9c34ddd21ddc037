-- When the hooks that a server has are compared with those that it should have. Not a read model: a missing row is due.
create table if not exists hook_sync (
    server_id text primary key,
    due_at    timestamptz not null
);
