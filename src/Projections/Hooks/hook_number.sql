-- The numbers that clients know hooks by.
create sequence if not exists hook_number;
