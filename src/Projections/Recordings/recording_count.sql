-- How many recordings a tenant has in a state: the total of a list that nothing else filters.
create table if not exists recording_count (
    tenant_id  text not null,
    state      text not null,
    recordings bigint not null,
    primary key (tenant_id, state)
);
