-- For metadata that is sought by the end or the middle of its value. Only where pg_trgm may be had: without it, such a search reads in order until its page is full.
do $$
declare
    home text;
begin
    if not exists (select from pg_extension where extname = 'pg_trgm') then
        create extension pg_trgm;
    end if;

    select quote_ident(nspname) into home from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'pg_trgm';
    if home is not null then
        execute format('create index if not exists recording_metadata_trigrams on recording_metadata using gin (value %s.gin_trgm_ops)', home);
    end if;
exception
    -- Not installed on the machine, or not ours to create: the program asks whether the index is there.
    when undefined_file or insufficient_privilege or feature_not_supported or undefined_object then null;
end
$$;
