using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Polling;

public sealed class PollProjectionTests : IAsyncLifetime
{
    private PoolHistory _history = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        await _history.AppendAsync(Given.Registered("a"));
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_round_is_accepted_once()
    {
        await _history.AppendAsync(Given.Polled("a", 1, 5));

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => _history.AppendAsync(Given.PollFailed("a", 1, 6)));
        Assert.Equal("poll_round_pkey", ((refused as PostgresException) ?? (refused.InnerException as PostgresException))?.ConstraintName);
        Assert.Equal(0, await _history.Database.ScalarAsync<int>("select failures from server_load"));
        await _history.AppendAsync(Given.PollFailed("a", 2, 10));
    }

    [Fact]
    public async Task Only_the_last_rounds_are_kept()
    {
        await _history.AppendAsync(Enumerable.Range(1, 40).Select(round => (object)Given.Polled("a", round, 5 * round)));

        Assert.Equal("{35,36,37,38,39,40}", await _history.Database.ScalarAsync<string>("select array_agg(round order by round)::text from poll_round"));
    }

    [Fact]
    public async Task A_poll_that_ends_while_its_server_is_being_removed_leaves_no_round()
    {
        await _history.AppendAsync(Given.Polled("a", 1, 5));
        await using var connection = await _history.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var removal = _history.Store.LightweightSession(SessionOptions.ForTransaction(transaction)))
        {
            removal.Events.Append(Streams.Server("a"), new ServerRemoved("a", Given.At(12)));
            await removal.SaveChangesAsync();
        }

        var poll = _history.AppendAsync(Given.Polled("a", 2, 10));
        await Eventually.HoldsAsync("the poll waits for the removal", async () => await _history.Database.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0);
        await transaction.CommitAsync();
        await poll;
        Assert.Equal(0L, await CountAsync("poll_round"));
    }

    [Fact]
    public async Task A_poll_of_a_server_that_was_removed_and_registered_again_meanwhile_changes_nothing()
    {
        await _history.AppendAsync(Given.Polled("a", 1, 5, Given.Seen("room", "int", 9)), new ServerRemoved("a", Given.At(12)));
        await _history.AppendAsync(Given.Polled("a", 2, 10, Given.Seen("room", "int", 9)));
        Assert.Empty(await _history.RowsAsync("servers", "polls"));

        await _history.AppendAsync(Given.Registered("a", 13));
        await _history.AppendAsync(Given.Polled("a", 3, 11, Given.Seen("room", "int", 9)));
        Assert.Equal((0L, 0L), (await CountAsync("poll_round"), await CountAsync("polled_meeting")));
        Assert.True(await _history.Database.ScalarAsync<bool>("select round = 0 and polled_at is null and next_poll_at = $1 from server_load", Given.At(13)));

        // Else round 3 would be refused here, for ever.
        await _history.AppendAsync(Enumerable.Range(1, 4).Select(round => (object)Given.Polled("a", round, 13 + round)));
        Assert.Equal(4L, await _history.Database.ScalarAsync<long>("select round from server_load"));
    }

    [Fact]
    public async Task The_curve_of_a_meeting_thins_out_and_stays_at_most_120_points_at_equal_distances()
    {
        const int Polls = 1000;
        foreach (var rounds in Enumerable.Range(1, Polls).Chunk(100))
        {
            await _history.AppendAsync(rounds.Select(round => (object)Given.Polled("a", round, round, Given.Seen("room", "int", round))));
        }

        var row = Assert.Single(await _history.Database.RowsAsync("select polls, user_polls, peak, curve, curve_step from polled_meeting"));
        var (curve, step) = ((int[])row[3]!, (int)row[4]!);
        Assert.Equal((Polls, (long)Polls * (Polls + 1) / 2, Polls), ((int)row[0]!, (long)row[1]!, (int)row[2]!));
        Assert.InRange(curve.Length, 60, 120);
        Assert.Equal([.. Enumerable.Range(0, curve.Length).Select(i => 1 + (i * step))], curve);
        Assert.True(curve[^1] > Polls - step, $"the curve ends at {curve[^1]}, its step is {step}");
    }

    [Fact]
    public async Task A_meetings_size_is_kept_for_an_hour_after_it_was_seen_last()
    {
        await _history.AppendAsync(Given.Polled("a", 1, 0, Given.Seen("room", "int", 9)), Given.Polled("a", 2, 10), Given.Polled("a", 3, 3600));
        Assert.Equal(1L, await CountAsync("polled_meeting"));

        await _history.AppendAsync(Given.Polled("a", 4, 3601));
        Assert.Equal(0L, await CountAsync("polled_meeting"));
    }

    [Fact]
    public async Task A_failed_poll_keeps_what_the_last_good_one_showed()
    {
        var run = Guid.CreateVersion7();
        await _history.AppendAsync(Given.Placed(run, "lost", "a"), Given.Started(run, "a", "int-lost"), Given.Ended(run, "a", EndLearned.Polls, 4));
        await _history.AppendAsync(
            Given.Polled("a", 1, 5, Given.Seen("room", "int", 9), Given.Seen("lab", "int-2", 20)) with { Missing = [run] },
            Given.PollFailed("a", 2, 10, failures: 1));

        var row = Assert.Single(await _history.Database.RowsAsync(
            "select round, answered_round, successes, failures, error, meetings, users, largest_meeting, videos, missing from server_load"));
        Assert.Equal([2L, 1L, 0, 1, "timeout", 2, 29, 20, 9, new[] { run }], row);
    }

    private Task<long> CountAsync(string table) => _history.Database.ScalarAsync<long>($"select count(*) from {table}");
}
