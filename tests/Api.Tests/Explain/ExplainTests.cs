using System.Text.Json;
using Npgsql;
using Scalelite.Api.CommandLine.Explain;
using Scalelite.Api.Tests.CommandLine;
using Xunit;

namespace Scalelite.Api.Tests.Explain;

/// <summary>The story of a rich meeting, in a database of its own.</summary>
public sealed class ToldMeeting : IAsyncLifetime
{
    internal Commands Commands { get; } = new();

    public async Task InitializeAsync()
    {
        await Commands.InitializeAsync();
        var day = new ToldDay();
        RichMeeting.Tell(day);
        await day.AppendAsync(Commands);
    }

    public Task DisposeAsync() => Commands.DisposeAsync();
}

public sealed class ExplainTests(ToldMeeting told) : IClassFixture<ToldMeeting>
{
    private const string Golden = "Explain.story.txt";

    [Fact]
    public async Task The_story_of_a_meeting_reads_as_it_is_stored()
    {
        var ran = await told.Commands.RunAsync("explain", RichMeeting.MeetingId);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        await using var stored = typeof(ExplainTests).Assembly.GetManifestResourceStream(Golden)!;
        var expected = (await new StreamReader(stored).ReadToEndAsync()).ReplaceLineEndings("\n");
        var actual = ran.Out.ReplaceLineEndings("\n");
        if (expected != actual) await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "story.actual.txt"), actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(RichMeeting.InternalId)]
    [InlineData("01957ea3-8300-7000-8000-000000000001")]
    [InlineData("2f0a6c1d-1741594470200")]
    public async Task A_meeting_is_found_by_each_of_its_ids(string id)
    {
        var byMeetingId = await told.Commands.RunAsync("explain", RichMeeting.MeetingId);
        var ran = await told.Commands.RunAsync("explain", id);
        Assert.Equal((0, byMeetingId.Out), (ran.Code, ran.Out));
    }

    [Fact]
    public async Task Tenant_and_run_choose_and_all_tells_every_run()
    {
        Assert.Equal(0, (await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--tenant", "uni")).Code);
        Assert.Equal(1, (await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--tenant", "nobody")).Code);
        var earlier = await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--run", RichMeeting.Earlier.ToString(), "--json");
        Assert.Equal(RichMeeting.Earlier, JsonDocument.Parse(earlier.Out).RootElement.GetProperty("instance").GetGuid());
        var other = await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--run", Guid.Empty.ToString());
        Assert.Equal((1, ""), (other.Code, other.Out));
        var all = JsonDocument.Parse((await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--all", "--json")).Out).RootElement.EnumerateArray().ToList();
        Assert.Equal([RichMeeting.Instance, RichMeeting.Earlier], all.Select(story => story.GetProperty("instance").GetGuid()));
        Assert.Equal(1, (await told.Commands.RunAsync("explain", "no-such-meeting")).Code);
    }

    [Fact]
    public async Task The_story_for_a_program_has_every_candidate_and_where_it_came_from()
    {
        var story = JsonDocument.Parse((await told.Commands.RunAsync("explain", RichMeeting.MeetingId, "--json")).Out).RootElement;

        var choice = story.GetProperty("steps").EnumerateArray().First(step => step.GetProperty("kind").GetString() == "meeting_placed").GetProperty("choice");
        Assert.Equal(
            [("node-a", "node-a.example.org", "enabled, online", 21m, 0L, 20.4), ("node-b", "node-b.example.org", "enabled, online", 24.5m, 15L, 3.1), ("node-c", "node-c.example.org", "enabled, online", 30m, 30L, (double?)null)],
            choice.GetProperty("considered").EnumerateArray().Select(c => (
                c.GetProperty("server_id").GetString()!, c.GetProperty("server").GetString()!, c.GetProperty("state").GetString()!, c.GetProperty("load").GetDecimal(), c.GetProperty("reserved").GetInt64(),
                c.GetProperty("poll_age_seconds") is { ValueKind: JsonValueKind.Number } age ? age.GetDouble() : (double?)null)));
        Assert.Equal(
            [("node-d", "cordoned"), ("node-e", "offline"), ("node-f", "tag gpu")],
            choice.GetProperty("no_candidates").EnumerateArray().Select(c => (c.GetProperty("server_id").GetString()!, c.GetProperty("why").GetString()!)));
        Assert.Equal(
            [("node-b", 2), ("node-a", 1), ("node-c", 1)],
            choice.GetProperty("together").EnumerateArray().Select(c => (c.GetProperty("server_id").GetString()!, c.GetProperty("placements").GetInt32())));
        Assert.Equal("4f1d9e0c", story.GetProperty("asked").GetProperty("request_id").GetString());
        Assert.Equal(21, story.GetProperty("joins_routed").GetInt32());
        Assert.Equal(
            [RichMeeting.InternalId, "2f0a6c1d-1741594470200"],
            story.GetProperty("internal_meeting_ids").EnumerateArray().Select(id => id.GetProperty("internal_meeting_id").GetString()));
    }

    [Fact]
    public async Task Every_statement_goes_by_an_index_whatever_the_age_of_the_meeting()
    {
        await using var connection = await told.Commands.Database.Source.OpenConnectionAsync();
        // What may only be scanned is scanned in spite of this.
        await using (var set = new NpgsqlCommand("set enable_seqscan = off", connection)) await set.ExecuteNonQueryAsync();
        foreach (var sql in (string[])
        [
            KnownRun.FindSql, KnownRun.RunsSql, StoryRows.RunSql, StoryRows.JoinsSql, StoryRows.RecordingsSql, StoryRows.ImportsSql, StoryRows.CallbacksSql, StoryRows.HostsSql,
            StoryRows.TogetherSql, StoryReader.ServerEventsSql,
        ])
        {
            var plan = await PlanAsync(connection, sql);
            Assert.DoesNotContain("Seq Scan on m", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on recording", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on import", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on callback", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on join", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on placement", plan, StringComparison.Ordinal);
        }
    }

    /// <summary>The plan with parameters that are not known yet.</summary>
    private static async Task<string> PlanAsync(NpgsqlConnection connection, string sql)
    {
        foreach (var statement in (string[])["deallocate all", "set plan_cache_mode = force_generic_plan", $"prepare asked as {sql}"])
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }

        var parameters = 0;
        while (sql.Contains($"${parameters + 1}", StringComparison.Ordinal)) parameters++;
        await using var explain = new NpgsqlCommand($"explain execute asked ({string.Join(", ", Enumerable.Repeat("null", parameters))})", connection);
        await using var row = await explain.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await row.ReadAsync()) plan.Add(row.GetString(0));
        return string.Join('\n', plan);
    }
}
