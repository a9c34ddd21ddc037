using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Analytics;

public sealed class AnalyticsTablesTests : IAsyncLifetime
{
    private static readonly Guid Run = Guid.CreateVersion7();

    private PoolHistory _history = null!;

    public async Task InitializeAsync() => _history = await PoolHistory.CreateAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task The_polls_of_a_minute_are_counted_and_their_largest_figures_kept()
    {
        await _history.AppendAsync(
            Given.Polled("a", 1, 61, Given.Seen("room", "int", 9), Given.Seen("lab", "int-2", 20)) with { Load = 35 },
            Given.Polled("a", 2, 71, Given.Seen("room", "int", 40)) with { Load = 40 },
            Given.PollFailed("a", 3, 81),
            Given.Polled("a", 4, 119) with { Load = 0 },
            Given.PollFailed("a", 5, 120));

        var rows = await _history.Database.RowsAsync("select minute = $1, polls, failed, load, meetings, users, videos from server_minute order by minute", Given.At(60));
        Assert.Equal([true, 4, 1, 40L, 2, 40, 13], rows[0]);
        Assert.Equal([false, 1, 1, null, 0, 0, 0], rows[1]);
    }

    [Fact]
    public async Task The_roll_up_of_a_day_changes_no_minute_that_its_polls_made_and_makes_the_same_minutes_without_them()
    {
        await _history.AppendAsync(
            Given.Polled("a", 1, 61, Given.Seen("room", "int", 9)) with { Load = 15 }, Given.PollFailed("a", 2, 71), Given.PollFailed("a", 3, 131));
        var minutes = await MinutesAsync();
        var version = await _history.Database.ScalarAsync<string>("select string_agg(xmin::text, ',' order by minute) from server_minute");

        var rolledUp = new ServerDayRolledUp("a", DateOnly.FromDateTime(Given.Start.UtcDateTime), [new(481, 2, 1, 15, 1, 9, 3), new(482, 1, 1, null, 0, 0, 0)], Given.At(500));
        await AppendAsync(Streams.ServerDays("a"), rolledUp);
        Assert.Equal(minutes, await MinutesAsync());
        Assert.Equal(version, await _history.Database.ScalarAsync<string>("select string_agg(xmin::text, ',' order by minute) from server_minute"));

        await PruneAsync(Streams.Polls("a", Given.Start));
        Assert.Empty(await _history.Database.RowsAsync("select 1 from poll_history"));
        await _history.Database.ExecuteAsync("truncate server_minute");
        await _history.Rebuild.RebuildAsync(ReadModels.All.Single(model => model.Name == "server_minutes"));
        Assert.Equal(minutes, await MinutesAsync());

        Task<List<object?[]>> MinutesAsync() => _history.Database.RowsAsync("select to_jsonb(m)::text from server_minute m order by minute");
    }

    [Fact]
    public async Task Pruning_the_polls_of_a_day_leaves_those_of_other_days_and_servers()
    {
        await _history.AppendAsync(
            Given.Polled("a", 1, 61), Given.PollFailed("a", 2, 71), Given.Polled("a-b", 1, 61), Given.Polled("a", 3, 24 * 3600), Given.Polled("a", 1, -(24 * 3600)));
        await PruneAsync(Streams.Polls("a", Given.Start));

        Assert.Equal(
            [["a", 1L], ["a", 3L], ["a-b", 1L]],
            await _history.Database.RowsAsync("select server_id, round from poll_history order by 1, 2"));
        Assert.Empty(await _history.Rebuild.VerifyAsync(ReadModels.All.Single(model => model.Name == "poll_history")));
    }

    [Fact]
    public async Task Joins_are_the_same_by_minute_before_and_after_their_stream_is_rolled_up_and_pruned()
    {
        var (first, second) = (Streams.Joins(Guid.CreateVersion7(), Given.Start), Streams.Joins(Guid.CreateVersion7(), Given.Start));
        await AppendAsync(first, Given.Joins(61, (Run, "a", 2)));
        await AppendAsync(first, Given.Joins(62, (Run, "a", 3), (Run, "b", 1)));
        await AppendAsync(second, Given.Joins(63, (Run, "a", 10)));
        var live = await RowsAsync();
        Assert.Equal([["a", 5], ["a", 10], ["b", 1]], await _history.Database.RowsAsync("select server_id, joins from join_minute order by 1, 2"));

        await AppendAsync(Streams.JoinDays(Given.Start), new JoinsRolledUp(first, [new(Run, "a", Given.At(60), 5), new(Run, "b", Given.At(60), 1)], Given.At(500)));
        await PruneAsync(first);
        Assert.Equal(live, await RowsAsync());
        await _history.Database.ExecuteAsync("truncate join_minute");
        await _history.Rebuild.RebuildAsync(ReadModels.All.Single(model => model.Name == "join_minutes"));
        Assert.Equal(live, await RowsAsync());

        Task<List<object?[]>> RowsAsync() => _history.Database.RowsAsync("select to_jsonb(j)::text from join_minute j order by 1");
    }

    [Fact]
    public async Task A_placement_says_why_and_what_came_of_it()
    {
        await _history.AppendAsync(Given.Placed(Run, "room", "a", 1), Given.Failed(Run, "a", PlacementFailure.Uncertain, 2));
        await _history.AppendAsync(
            Given.Placed(Run, "room", "b", 3) with { Why = Given.Why with { Attempt = 2, Considered = [new("b", null, 2.5m, 3, 30, null)] } },
            Given.Started(Run, "b", "int", 4),
            Given.Moved(Run, "b", "int", "a", 70),
            Given.Failed(Run, "a", PlacementFailure.NotTaken, 71),
            Given.MovedBack(Run, "a", null, "b", "int", 80));
        var lost = Guid.CreateVersion7();
        await _history.AppendAsync(Given.Placed(lost, "lab", "a", 5), Given.Ended(lost, "a", EndLearned.ServerPanicked, 6));

        Assert.Equal(
            [
                ["a", 1, false, "least-load", 1.5m, 15L, 3.5, "uncertain", 40],
                ["b", 2, false, "least-load", 2.5m, 30L, null, "started", 120],
                ["a", 1, false, "least-load", 1.5m, 15L, 3.5, "ended", null],
                ["a", 1, true, "least-load", 1.5m, 15L, 3.5, "not_taken", 40],
                ["b", 1, true, null, null, null, null, "started", null],
            ],
            await _history.Database.RowsAsync(
                "select server_id, attempt, moved, policy, load, reserved, poll_age_seconds, outcome, elapsed_ms from placement order by placed_at"));
    }

    [Fact]
    public async Task A_change_is_listed_with_who_made_it_and_why_and_what_follows_from_nodes_is_not()
    {
        await using (var session = _history.Store.LightweightSession())
        {
            session.SetHeader("actor", "token:ops");
            session.SetHeader("address", "192.0.2.7");
            session.SetHeader("reason", "new hardware");
            (session.CorrelationId, session.CausationId) = ("request-7", "servers add");
            session.Events.Append(Streams.Server("a"), Given.Registered("a", 0, 2.5m, "gpu"));
            await session.SaveChangesAsync();
        }

        await _history.AppendAsync(new ServerCameOnline("a", Given.At(1)), new ServerEnabled("a", Given.At(2)));
        await _history.AppendAsync(Given.Placed(Run, "room", "a", 3), Given.Started(Run, "a", "int", 4), Given.Ended(Run, "a", EndLearned.EndCall, 5));

        Assert.Equal(
            [
                ["server_registered", "server", "a", "registered at https://a.example/bigbluebutton/api, load multiplier 2.5, tagged gpu", "token:ops", "192.0.2.7", "new hardware", "servers add", "request-7"],
                ["server_enabled", "server", "a", "enabled", null, null, null, null, null],
            ],
            await _history.Database.RowsAsync(
                "select type, subject_kind, subject_id, summary, actor, address, reason, command, correlation_id from admin_change order by at"));
        Assert.Empty(await _history.Rebuild.VerifyAsync(ReadModels.All.Single(model => model.Name == "admin_changes")));
    }

    /// <summary>As the pruning does it: the event and the deletion in one transaction.</summary>
    private async Task PruneAsync(string stream)
    {
        await using var session = _history.Store.LightweightSession();
        session.Events.Append(Streams.Log, new StreamPruned(stream, 1, 1, 1, "root", Given.At(900)));
        session.QueueSqlCommand("delete from mt_streams where id = ?", stream);
        await session.SaveChangesAsync();
    }

    private async Task AppendAsync(string stream, object @event)
    {
        await using var session = _history.Store.LightweightSession();
        session.Events.Append(stream, @event);
        await session.SaveChangesAsync();
    }
}
