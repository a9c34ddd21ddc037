using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Projections;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Imbalance;

/// <summary><c>scalelite imbalance</c> on a morning whose bad moments are known.</summary>
public sealed class ImbalanceCommandTests(ImbalanceCommandTests.Morning morning) : IClassFixture<ImbalanceCommandTests.Morning>
{
    private static readonly string[] Range = ["--from", "2026-03-02 07:00", "--to", "2026-03-02 09:00"];

    [Fact]
    public async Task The_table_is_the_golden_one()
    {
        var ran = await RunAsync("--bucket", "10m");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var golden = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "CommandLine", "Imbalance", "imbalance.txt"));
        Assert.Equal(Lines(golden), Lines(ran.Out));
    }

    [Fact]
    public async Task Of_many_buckets_the_worst_are_shown_and_all_when_asked()
    {
        var few = await RunAsync("--top", "3");
        Assert.Contains("The 3 worst of 120 buckets", few.Out, StringComparison.Ordinal);
        Assert.Contains("  07:45:00 ", few.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("  07:00:00 ", few.Out, StringComparison.Ordinal);

        var all = await RunAsync("--all");
        for (var minute = 0; minute < 120; minute++)
            Assert.Contains($"  {ImbalanceScene.Seven.AddMinutes(minute).UtcDateTime:HH:mm:ss} ", all.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reason_is_found_at_its_moment_and_the_burst_with_its_server_and_its_seconds()
    {
        var moments = (await JsonAsync()).RootElement.GetProperty("moments").EnumerateArray().ToList();

        (string, string, string)[] expected =
        [
            ("node-10", "07:30:00", "tag_shortage"), ("node-3", "08:00:12", "stale_poll,burst"), ("node-5", "07:45:00", "meetings_grew"),
            ("node-7", "07:12:00", "node_returning"), ("node-9", "08:50:00", "few_servers"),
        ];
        Assert.Equal(expected, moments
            .Select(moment => (
                moment.GetProperty("server_id").GetString()!,
                moment.GetProperty("from").GetDateTimeOffset().UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                string.Join(',', moment.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()))))
            .Order());
        var burst = moments.Single(moment => moment.GetProperty("server_id").GetString() == "node-3");
        Assert.StartsWith(
            "08:00:12–08:00:45: 41 creates within 33 s, polls up to 38.2 s old; 17 of them on node-3.example.org",
            burst.GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.Equal(150, burst.GetProperty("peak").GetProperty("load").GetDouble());
        Assert.Equal("the-webinar", moments.Single(moment => moment.GetProperty("server_id").GetString() == "node-5").GetProperty("largest_meeting").GetString());
    }

    [Fact]
    public async Task The_measures_are_those_that_one_finds_by_hand()
    {
        var buckets = (await JsonAsync()).RootElement.GetProperty("buckets").EnumerateArray().ToList();

        // Ten servers with a load of 20: node-2 has 10 users and counts twice.
        Assert.Equal(120, buckets.Count);
        Assert.Equal((1, 0, 0, 0.1), Of(buckets[3]));

        // At 07:45 node-5 has 300 and nine have 20: the mean is 48.
        Assert.Equal((6.25, Math.Round(Math.Sqrt(((252.0 * 252) + (9 * 28 * 28)) / 10) / 48, 4), Math.Round((2 * (20.0 * 45 + 3000) / (10 * 480)) - 1.1, 4), 0.625), Of(buckets[45]));

        // Offline from 07:05 to 07:10, node-7 takes no meetings.
        Assert.Equal([10, 9, 9, 9, 9, 9, 10], buckets[4..11].Select(bucket => bucket.GetProperty("measures").GetProperty("servers").GetDouble()));

        var burst = buckets[60].GetProperty("measures");
        Assert.Equal(41, burst.GetProperty("placements").GetInt32());
        Assert.Equal(Math.Round(17 / 41.0, 4), burst.GetProperty("busiest_share_of_placements").GetDouble());
        Assert.Equal(17, burst.GetProperty("longest_run").GetInt32());
        Assert.Equal("node-3", burst.GetProperty("most_placed_onto").GetString());

        static (double, double, double, double) Of(JsonElement bucket)
        {
            var measures = bucket.GetProperty("measures");
            return (measures.GetProperty("max_to_mean").GetDouble(), Math.Abs(Math.Round(measures.GetProperty("variation").GetDouble(), 4)),
                measures.GetProperty("gini").GetDouble(), measures.GetProperty("busiest_share_of_load").GetDouble());
        }
    }

    [Fact]
    public async Task The_csv_says_what_the_json_says()
    {
        var csv = (await RunAsync("--csv")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var buckets = (await JsonAsync()).RootElement.GetProperty("buckets").EnumerateArray().ToList();

        var names = csv[0].Split(',');
        Assert.Equal(buckets.Count + 1, csv.Length);
        for (var i = 0; i < buckets.Count; i++)
        {
            var cells = csv[i + 1].Split(',');
            Assert.Equal(names.Length, cells.Length);
            Assert.Equal(buckets[i].GetProperty("from").GetDateTimeOffset(), DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture));
            for (var column = 1; column < names.Length; column++)
            {
                var value = buckets[i].GetProperty("measures").GetProperty(names[column]);
                Assert.Equal(value.ValueKind == JsonValueKind.Null ? "" : value.ToString(), cells[column]);
            }
        }
    }

    [Fact]
    public async Task Only_the_servers_of_a_tag_are_measured_when_asked()
    {
        var music = (await JsonAsync("--tag", "music")).RootElement;
        Assert.Equal(["node-10"], music.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("server_id").GetString()));
        Assert.Equal(9, music.GetProperty("overall").GetProperty("placements").GetInt32());

        var untagged = (await JsonAsync("--tag", "none")).RootElement;
        Assert.Equal(9, untagged.GetProperty("servers").GetArrayLength());
        Assert.Contains("untagged servers", (await RunAsync("--tag", "none")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_happened_before_the_range_is_known_in_it()
    {
        var report = (await JsonAsync("--from", "2026-03-02T07:07:30Z", "--to", "2026-03-02T07:14:00Z", "--bucket", "30s")).RootElement;

        Assert.Equal(13, report.GetProperty("buckets").GetArrayLength());
        Assert.Equal(9, report.GetProperty("buckets")[0].GetProperty("measures").GetProperty("servers").GetDouble());
        var moment = Assert.Single(report.GetProperty("moments").EnumerateArray());
        Assert.Equal("node_returning", Assert.Single(moment.GetProperty("reasons").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_server_counts_from_the_second_that_it_takes_meetings()
    {
        // node-1 to node-8 are cordoned at 08:40:00: ten servers for half of the minute, two for the other.
        var report = (await JsonAsync("--from", "2026-03-02T08:39:30Z", "--to", "2026-03-02T08:40:30Z")).RootElement;

        Assert.Equal(6, report.GetProperty("overall").GetProperty("servers").GetDouble());
    }

    [Fact]
    public async Task A_page_is_written_to_a_file_and_one_that_cannot_be_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("scalelite-imbalance-");
        try
        {
            var file = Path.Combine(folder.FullName, "morning.html");
            var ran = await RunAsync("--html", file);

            Assert.Equal((0, $"Written to {file}"), (ran.Code, ran.Out.Trim()));
            var page = await File.ReadAllTextAsync(file);
            Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
            Assert.Contains("17 of them on node-3.example.org", page, StringComparison.Ordinal);

            var refused = await RunAsync("--html", Path.Combine(folder.FullName, "nowhere", "morning.html"));
            Assert.Equal((1, ""), (refused.Code, refused.Out));
            Assert.Contains("cannot be written", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_year_is_told_in_wider_buckets()
    {
        var ran = await RunRawAsync("imbalance", "--from", "2025-06-01", "--to", "2026-06-01", "--bucket", "1m");

        Assert.Equal(0, ran.Code);
        Assert.Contains("buckets of 53m, as 1m would be too many", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty", "--from", "2026-03-02 07:00", "--to", "2026-03-02 07:00")]
    [InlineData("inverted", "--from", "2026-03-02 08:00", "--to", "2026-03-02 07:00")]
    [InlineData("future", "--from", "2100-01-01", "--to", "2100-01-02")]
    public async Task A_range_that_is_none_is_refused(string why, params string[] range)
    {
        var ran = await RunRawAsync(["imbalance", .. range]);

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains(why, ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bucket", "--bucket", "1")]
    [InlineData("--bucket", "--bucket", "0m")]
    [InlineData("--bucket", "--bucket", "999999d")]
    [InlineData("--from", "--from", "yesterday")]
    [InlineData("--top", "--top", "0")]
    [InlineData("only one", "--json", "--csv")]
    public async Task An_option_that_cannot_be_is_told_by_its_name(string named, params string[] options)
    {
        var ran = await RunRawAsync(["imbalance", .. options]);

        Assert.Equal(2, ran.Code);
        Assert.Contains(named, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_of_which_nothing_is_known_is_told_so()
    {
        var ran = await RunRawAsync("imbalance", "--from", "2020-01-01", "--to", "2020-01-02");

        Assert.Equal(0, ran.Code);
        Assert.Contains("No server took meetings, and none was placed", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruned_polls_change_nothing_as_loads_come_from_the_minutes()
    {
        var before = await RunAsync("--json");
        await using var host = await morning.Commands.HostAsync();
        await morning.Commands.Database.ExecuteAsync(
            """
            create table kept as select * from mt_events where stream_id like 'polls-%';
            delete from mt_events where stream_id like 'polls-%'
            """);
        try
        {
            Assert.Equal(before.Out, (await RunAsync("--json")).Out);
        }
        finally
        {
            await morning.Commands.Database.ExecuteAsync("insert into mt_events select * from kept; drop table kept");
        }
    }

    [Fact]
    public async Task A_part_of_a_long_history_is_found_by_its_indexes()
    {
        await using var commands = await LongHistoryAsync();
        var minutes = string.Join(',', Enumerable.Range(0, 30).Select(i => $"'2026-03-02 08:{i:00}Z'"));

        await PlanAsync(ImbalanceHistory.MinutesSql.Replace("$1", $"array[{minutes}]::timestamptz[]", StringComparison.Ordinal), "server_minute_minute");
        await PlanAsync(
            ImbalanceHistory.PlacementsSql.Replace("$1", "'2026-03-02 08:00Z'", StringComparison.Ordinal).Replace("$2", "'2026-03-02 08:30Z'", StringComparison.Ordinal),
            "placement_placed_at");

        async Task PlanAsync(string sql, string index)
        {
            var plan = string.Join('\n', (await commands.RowsAsync($"explain {sql}")).Select(row => row[0]));
            Assert.Contains(index, plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        }
    }

    private static async Task<TestDatabase> LongHistoryAsync()
    {
        var database = await TestDatabase.CreateAsync("long_history");
        foreach (var script in ReadModels.All.Where(model => model.Tables.Contains("server_minute") || model.Tables.Contains("placement")).SelectMany(model => model.Scripts))
            await database.ExecuteAsync(script.Sql);
        await database.ExecuteAsync(
            """
            insert into server_minute select 'n' || i, m, 1, 0, 10, 1, 10, 0 from generate_series(1, 20) i, generate_series('2026-03-01Z'::timestamptz, '2026-03-03Z', '1 min') m;
            insert into placement (instance, placed_at, server_id, attempt, moved, candidates, outcome)
            select gen_random_uuid(), '2026-03-01Z'::timestamptz + i * interval '10 s', 'n1', 1, false, 20, 'started' from generate_series(1, 17000) i;
            analyze server_minute, placement
            """);
        return database;
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd())];

    private async Task<JsonDocument> JsonAsync(params string[] options) => JsonDocument.Parse((await RunAsync([.. options, "--json"])).Out);

    private Task<Ran> RunAsync(params string[] options) =>
        RunRawAsync(options.Contains("--from") ? ["imbalance", .. options] : ["imbalance", .. Range, .. options]);

    private Task<Ran> RunRawAsync(params string[] arguments) => morning.Commands.RunAsync(arguments);

    /// <summary>The history, told once for all tests.</summary>
    public sealed class Morning : IAsyncLifetime
    {
        internal Commands Commands { get; } = new();

        public async Task InitializeAsync()
        {
            await Commands.InitializeAsync();
            await using var host = await Commands.HostAsync();
            await new ImbalanceScene(host.Services.GetRequiredService<IDocumentStore>()).TellAsync();
        }

        public Task DisposeAsync() => Commands.DisposeAsync();
    }
}
