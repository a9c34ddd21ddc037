using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Recordings;

/// <summary>Every documented filter is served by an index: what the statements of lists read of 50,000 recordings, as PostgreSQL counted it.</summary>
public sealed class RecordingListPlanTests(RecordingListPlanTests.ManyRecordings many) : IClassFixture<RecordingListPlanTests.ManyRecordings>
{
    private const int Recordings = 50_000;

    public static TheoryData<string, int> Filters => new()
    {
        { "meetingID", 400 },
        { "recordID", 400 },
        { "recordID of several", 800 },
        { "one meta", 400 },
        { "two metas, one of them on every recording", 400 },
        { "two metas that each many have", 1500 },
        { "meta by its beginning", 1000 },
        { "meta by its end", 2000 },
        { "meta by its middle and another", 2000 },
        { "tenant", 400 },
        { "tenant with few", 400 },
        { "state", 400 },
        { "any state", 400 },
        { "page 1,000", 10_100 },
        { "all tenants", 800 },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_page_of_ten_reads_an_index_and_not_the_table(string name, int mostRows)
    {
        var filter = Filter(name);
        foreach (var mode in RecordingListSql.IsPlannedAnew(filter) ? new[] { "force_custom_plan" } : ["force_custom_plan", "force_generic_plan"])
        {
            var (plan, rows) = await ExplainAsync(filter, mode);

            Assert.DoesNotContain("Seq Scan on recording_catalog", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on recording_metadata", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on recording_format", plan, StringComparison.Ordinal);
            Assert.True(rows <= mostRows, $"{name}, {mode}: {rows} rows and entries read\n{plan}");
        }
    }

    [Fact]
    public async Task A_deep_page_walks_the_index_and_reads_only_its_own_rows()
    {
        var (plan, _) = await ExplainAsync(Filter("page 1,000"), "auto");
        Assert.Contains("Index Only Scan using recording_catalog_state", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_list_is_compiled_however_much_PostgreSQL_expects_of_it()
    {
        await using var connection = await many.History.Database.Source.OpenConnectionAsync();
        await using (var costly = new NpgsqlCommand("set jit_above_cost = 0", connection)) await costly.ExecuteNonQueryAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(RecordingListSql.PlanningOf(Filter("recordID")));
        batch.BatchCommands.Add(RecordingListSql.Of(Filter("recordID"), hasTrigrams: true));
        batch.BatchCommands[1].CommandText = $"explain (analyze) {batch.BatchCommands[1].CommandText}";
        await using var rows = await batch.ExecuteReaderAsync();
        await rows.NextResultAsync();
        while (await rows.ReadAsync()) Assert.DoesNotContain("JIT", rows.GetString(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_an_end_is_put_in_order_by_its_keys_and_not_with_all_its_rows()
    {
        var (plan, _) = await ExplainAsync(new RecordingFilter { TenantId = "t1" }, "force_generic_plan");
        Assert.StartsWith("Nested Loop", plan, StringComparison.Ordinal);
    }

    private static RecordingFilter Filter(string name)
    {
        var page = new RecordingFilter { TenantId = "t0", States = [RecordingState.Published, RecordingState.Unpublished], Limit = 10 };
        return name switch
        {
            "meetingID" => page with { MeetingIds = ["room 77"] },
            "recordID" => page with { RecordIds = [Id(4_000)[..38]] },
            "recordID of several" => page with { RecordIds = [.. Enumerable.Range(0, 25).Select(n => Id(n * 10))] },
            "one meta" => page with { Metadata = [MetadataFilter.Of("context", "context 77")] },
            "two metas, one of them on every recording" => page with { Metadata = [MetadataFilter.Of("origin", "Moodle"), MetadataFilter.Of("context", "context 77")] },
            "two metas that each many have" => page with { Metadata = [MetadataFilter.Of("course", "course 3"), MetadataFilter.Of("year", "2003")] },
            "meta by its beginning" => page with { Metadata = [MetadataFilter.Of("context", "context 77%")] },
            "meta by its end" => page with { Metadata = [MetadataFilter.Of("title", "%number 4711")] },
            "meta by its middle and another" => page with { Metadata = [MetadataFilter.Of("title", "%number 4711%"), MetadataFilter.Of("origin", "Moodle")] },
            "tenant" => page,
            "tenant with few" => page with { TenantId = "t1" },
            "state" => page with { States = [RecordingState.Unpublished] },
            "any state" => page with { States = null },
            "page 1,000" => page with { Offset = 9_990 },
            "all tenants" => page with { TenantId = null },
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }

    private static string Id(int n) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{n}")))[..40]}-{n}";

    /// <summary>The plan's text, and the rows that its scans handed on or threw away.</summary>
    private async Task<(string Plan, double Rows)> ExplainAsync(RecordingFilter filter, string mode)
    {
        await using var connection = await many.History.Database.Source.OpenConnectionAsync();
        var list = RecordingListSql.Of(filter, hasTrigrams: true);
        // Prepared in SQL: the plan of an EXPLAIN with parameters would always be made for their values.
        await using (var prepare = new NpgsqlCommand($"deallocate all; set plan_cache_mode = {mode}; prepare list as {list.CommandText}", connection))
        {
            await prepare.ExecuteNonQueryAsync();
        }

        var values = string.Join(", ", list.Parameters.Select(parameter => Literal(parameter.Value)));
        await using var command = new NpgsqlCommand($"explain (analyze, format json) execute list ({values})", connection);
        using var document = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var lines = new List<string>();
        var rows = Walk(document.RootElement[0].GetProperty("Plan"), 0, lines);
        return (string.Join('\n', lines), rows);
    }

    private static string Literal(object? value) => value switch
    {
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        string[] texts => $"array[{string.Join(", ", texts.Select(Literal))}]::text[]",
        long number => $"{number}",
        DBNull => "null",
        _ => throw new NotSupportedException(value?.GetType().Name),
    };

    private static double Walk(JsonElement node, int depth, List<string> lines)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        var loops = node.GetProperty("Actual Loops").GetDouble();
        var rows = (node.GetProperty("Actual Rows").GetDouble() + Thrown("Rows Removed by Filter") + Thrown("Rows Removed by Index Recheck")) * loops;
        var name = (Text("Relation Name"), Text("Index Name")) switch
        {
            ({ } table, { } index) => $"{type} using {index} on {table}",
            ({ } table, _) => $"{type} on {table}",
            (_, { } index) => $"{type} on {index}",
            _ => type,
        };
        lines.Add($"{new string(' ', depth)}{name}: {rows}");
        var read = type.Contains("Scan", StringComparison.Ordinal) && type is not ("CTE Scan" or "Subquery Scan" or "Function Scan") ? rows : 0;
        if (node.TryGetProperty("Plans", out var plans))
        {
            read += plans.EnumerateArray().Sum(plan => Walk(plan, depth + 1, lines));
        }

        return read;

        double Thrown(string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;

        string? Text(string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>50,000 recordings with six metadata each, as the projection would write them.</summary>
    public sealed class ManyRecordings : IAsyncLifetime
    {
        internal PoolHistory History { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            History = await PoolHistory.CreateAsync();
            await History.Database.ExecuteAsync(
                $"""
                insert into recording_catalog (record_id, tenant_id, meeting_id, name, state, start_time, end_time, is_breakout, metadata, imported_at)
                select left(encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 40) || '-' || n, case when n % 100 = 0 then 't1' else 't0' end, 'room ' || n / 10, 'Room',
                    case n % 10 when 0 then 'unpublished' when 1 then 'deleted' else 'published' end, 1600000000000 + n * 1000, 1600000000000 + n * 1000 + 500, false,
                    jsonb_build_object('origin', 'Moodle', 'context', 'context ' || n / 20, 'course', 'course ' || n % 40, 'year', (2000 + n % 25)::text,
                        'title', 'The lesson with the number ' || n, 'listed', 'true'), now()
                from generate_series(0, {Recordings - 1}) n;
                """);
            await History.Database.ExecuteAsync(
                """
                insert into recording_metadata (record_id, key, value) select record_id, m.key, m.value from recording_catalog, jsonb_each_text(metadata) m;
                insert into recording_format (record_id, format, place, link, length_minutes, thumbnails, files, bytes, imported_at)
                select record_id, 'presentation', 'published', '/playback/presentation/2.3/' || record_id, 3, '[]', 1, 1, now() from recording_catalog;
                insert into recording_count select tenant_id, state, count(*) from recording_catalog group by 1, 2
                """);
            await History.Database.ExecuteAsync("vacuum analyze recording_catalog, recording_metadata, recording_format, recording_count");
        }

        public async Task DisposeAsync() => await History.DisposeAsync();
    }
}
