using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class SchemaTests
{
    private const string Dump =
        """
        select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), 1, c.relname, a.attnum
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        union all
        select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), 2, conname, 0
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select 'index ' || indexdef, 3, indexname, 0 from pg_indexes where schemaname = 'public'
        union all
        select 'sequence ' || s.relname || ' ' || format_type(q.seqtypid, null) || ' from ' || q.seqstart || ' by ' || q.seqincrement || ' cache ' || q.seqcache
               || ' owned by ' || r.relname || '.' || a.attname, 4, s.relname, 0
        from pg_sequence q join pg_class s on s.oid = q.seqrelid
        join pg_depend p on p.objid = s.oid and p.deptype = 'a' join pg_class r on r.oid = p.refobjid
        join pg_attribute a on a.attrelid = r.oid and a.attnum = p.refobjsubid
        union all
        select 'trigger ' || tgname, 5, tgname, 0 from pg_trigger where not tgisinternal
        order by 2, 3, 4
        """;

    [Fact]
    public async Task The_tables_are_martens_name_by_name_however_often_and_by_how_many_they_are_made()
    {
        await using var database = await TestDatabase.CreateAsync("schema");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => EventTables.CreateAsync(database.Source)));
        await EventTables.CreateAsync(database.Source);

        var found = (await database.RowsAsync(Dump)).Select(row => (string)row[0]!).ToArray();
        Assert.Equal(await StoredAsync(), found);
    }

    private static async Task<string[]> StoredAsync()
    {
        await using var stored = typeof(SchemaTests).Assembly.GetManifestResourceStream("Scalelite.EventStore.Tests.marten-tables.txt")!;
        using var reader = new StreamReader(stored);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
