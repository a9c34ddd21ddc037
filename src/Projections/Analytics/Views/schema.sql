-- What analysts see. Looked for first: to create a schema, even one that exists, takes a right on the database that the program's role may lack.
do $$
begin
    if not exists (select from pg_namespace where nspname = 'analytics') then
        create schema analytics;
    end if;
end
$$;
comment on schema analytics is 'What the load balancer remembers, for analysts. Views with stable names; columns are only ever added. Times are UTC moments (timestamptz).';
