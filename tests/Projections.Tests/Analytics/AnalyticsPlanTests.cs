using Scalelite.EventLog;
using Scalelite.Projections.Analytics;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Analytics;

public sealed class AnalyticsPlanTests(AnalyticsPlanTests.LongHistory history) : IClassFixture<AnalyticsPlanTests.LongHistory>
{
    private const string Day = "'2026-03-02T00:00:00Z' and {0} < '2026-03-03T00:00:00Z'";

    public static TheoryData<string> TimedViews { get; } = [.. AnalyticsSchema.Views.Where(view => view.Time is not null).Select(view => view.Name)];

    [Theory]
    [MemberData(nameof(TimedViews))]
    public async Task A_day_of_a_long_history_is_found_by_an_index(string name)
    {
        var view = AnalyticsSchema.Views.Single(view => view.Name == name);
        var day = string.Format(null, $"{{0}} >= {Day}", view.Time);

        foreach (var sql in new[] { $"select * from analytics.{name} where {day}", $"select * from analytics.{name} where {day} order by {view.Time}, 1" })
        {
            var plan = await history.PlanAsync(sql);
            Assert.Matches($@"(Index Scan using \w+ on|Bitmap Heap Scan on) {view.Source!.Value.Table}\b", plan);
            Assert.DoesNotContain($"Seq Scan on {view.Source.Value.Table} ", plan + " ");
        }
    }

    [Theory]
    [MemberData(nameof(TimedViews))]
    public async Task The_first_and_the_last_row_are_found_at_once(string name)
    {
        var (table, time) = AnalyticsSchema.Views.Single(view => view.Name == name).Source!.Value;
        var plan = await history.PlanAsync($"select min({time}), max({time}) from {table}");
        Assert.Contains("Limit", plan);
        Assert.DoesNotContain("Seq Scan", plan);
    }

    [Theory]
    [InlineData("select * from analytics.server_minutes where server_id = 's7' and minute >= {0}", "server_minute_pkey")]
    [InlineData("select * from analytics.polls where server_id = 's7' and began_at >= {0}", "poll_history_pkey")]
    [InlineData("select * from analytics.joins where instance = '00000000-0000-0000-0000-000000000007'", "join_minute_pkey")]
    [InlineData("select * from analytics.placements where instance = '00000000-0000-0000-0000-000000000007'", "placement_pkey")]
    [InlineData("select * from analytics.admin_changes where subject_kind = 'server' and subject_id = 's7'", "admin_change_subject")]
    public async Task What_is_asked_of_one_server_or_meeting_is_found_by_its_key(string sql, string index) =>
        Assert.Contains(index, await history.PlanAsync(sql.Replace("{0}", "'2026-06-01T00:00:00Z'", StringComparison.Ordinal)));

    [Fact]
    public async Task The_polls_of_a_pruned_day_are_found_by_the_key() =>
        Assert.Contains("poll_history_pkey", await history.PlanAsync(
            "delete from poll_history where server_id = 's7' and began_at >= '2026-03-02T00:00:00Z' and began_at < '2026-03-03T00:00:00Z'"));

    /// <summary>Half a year, put into the tables by hand.</summary>
    public sealed class LongHistory : IAsyncLifetime
    {
        private const string Fill =
            """
            insert into server (id, url, host, secret_fingerprint, load_multiplier, registered_at)
            select 's' || s, 'https://s' || s || '/api', 's' || s, 'f', 1, '2026-01-01Z' from generate_series(1, 200) s;
            create temp table moment as
            select n, '2026-01-01T00:00:00Z'::timestamptz + interval '5 minutes' * n as at, md5(n::text)::uuid as id, 's' || 1 + n % 200 as server from generate_series(1, 50000) n;
            insert into server_minute select server, at, 6, 0, 100, 5, 100, 20 from moment;
            insert into poll_history select server, at, n, 80, true, 5, 100, 20, null from moment;
            insert into join_minute select id, server, at, md5('p')::uuid, 9 from moment;
            insert into placement (instance, placed_at, server_id, attempt, moved, policy, rule, candidates, load, reserved, outcome)
            select id, at, server, 1, false, 'least-load', 'lowest load of 20', 20, 30, 15, 'started' from moment;
            insert into admin_change (event_id, at, type, subject_kind, subject_id, summary, actor)
            select id, at, 'server_tagged', 'server', server, 'untagged', 'cli:root' from moment;
            insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, placed_at, started_at) select id, '', 'm' || n, server, 'live', at, at from moment;
            insert into recording_catalog (record_id, tenant_id, meeting_id, name, state, start_time, end_time, is_breakout, imported_at)
            select id::text, '', 'm' || n, '', 'published', extract(epoch from at) * 1000, extract(epoch from at) * 1000 + 60000, false, at from moment;
            insert into import_queue (import_id, name, bytes, source, state, record_ids, received_at) select id, 'a.tar', 1, 'spool', 'completed', array[id::text], at from moment;
            insert into callback_queue (callback_id, kind, tenant_id, meeting_id, host, url_fingerprint, state, registered_at)
            select id, 'RecordingReady', '', 'm' || n, 'lms.example', 'f', 'delivered', at from moment;
            """;

        private TestDatabase _database = null!;

        public async Task InitializeAsync()
        {
            _database = await TestDatabase.CreateAsync();
            await DatabaseSchema.InstallAsync(_database.Source, ReadModels.Scripts);
            await _database.ExecuteAsync(Fill);
            await _database.ExecuteAsync("vacuum analyze");
        }

        public async Task<string> PlanAsync(string sql) =>
            string.Join('\n', (await _database.RowsAsync($"explain (costs off) {sql}")).Select(row => row[0]));

        async Task IAsyncLifetime.DisposeAsync() => await _database.DisposeAsync();
    }
}
