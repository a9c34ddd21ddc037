using Npgsql;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Meetings;

public sealed class MeetingTablesTests : IAsyncLifetime
{
    private PoolHistory _history = null!;

    public async Task InitializeAsync() => _history = await PoolHistory.CreateAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task There_is_one_place_for_a_tenants_meetingID()
    {
        await _history.AppendAsync(Given.Placed(Guid.CreateVersion7(), "room", "a", tenant: "t1"));

        await RefusedAsync("meeting_location_pkey", Given.Placed(Guid.CreateVersion7(), "room", "b", tenant: "t1"));
        await RefusedAsync("meeting_location_pkey", Given.Adopted(Guid.CreateVersion7(), "room", "b", "int", tenant: "t1"));
        await _history.AppendAsync(Given.Placed(Guid.CreateVersion7(), "room", "b", tenant: "t2"));
    }

    [Fact]
    public async Task No_server_holds_two_live_meetings_with_one_meetingID()
    {
        var run = Guid.CreateVersion7();
        await _history.AppendAsync(Given.Placed(run, "room", "a", tenant: "t1"), Given.Started(run, "a", "int"));

        await RefusedAsync("meeting_location_server_id_meeting_id_key", Given.Placed(Guid.CreateVersion7(), "room", "a", tenant: "t2"));
        await RefusedAsync("meeting_location_server_id_meeting_id_key", Given.Adopted(Guid.CreateVersion7(), "room", "a", "int-2", tenant: "t2"));
        var other = Guid.CreateVersion7();
        await _history.AppendAsync(Given.Placed(other, "room", "b", tenant: "t2"), Given.Started(other, "b", "int-3"));
        await RefusedAsync("meeting_location_server_id_meeting_id_key", Given.Moved(other, "b", "int-3", "a"));
    }

    [Fact]
    public async Task A_refused_placement_leaves_no_event()
    {
        await _history.AppendAsync(Given.Placed(Guid.CreateVersion7(), "room", "a"));
        await RefusedAsync("meeting_location_pkey", Given.Placed(Guid.CreateVersion7(), "room", "b"));

        Assert.Equal(1L, await _history.Database.ScalarAsync<long>("select count(*) from mt_events"));
    }

    [Fact]
    public async Task Copies_are_watched_where_our_own_events_left_one_until_they_are_gone_or_the_id_is_placed_there_again()
    {
        var (moved, failed, next) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await _history.AppendAsync(Given.Placed(moved, "room", "a"), Given.Started(moved, "a", "int"), Given.Moved(moved, "a", "int", "b", 80));
        await _history.AppendAsync(Given.Placed(failed, "lab", "a"), Given.Failed(failed, "a", PlacementFailure.Uncertain, 5));
        Assert.Equal(["lab a Uncertain ", "room a Moved int"], await CopiesAsync());

        await _history.AppendAsync(Given.Placed(next, "lab", "a", 90), new MeetingCopyGone(moved, "a", "not on its node", Given.At(95)));
        Assert.Empty(await CopiesAsync());

        await _history.AppendAsync(Given.Started(next, "a", "int-lab", 91), Given.Ended(next, "a", EndLearned.PlacedAnew, 99));
        Assert.Equal(["lab a PlacedAnew "], await CopiesAsync());
        await _history.AppendAsync(Given.Placed(failed, "lab", "b", 100), Given.Failed(failed, "b", PlacementFailure.NotTaken, 101));
        Assert.Equal(["lab a PlacedAnew "], await CopiesAsync());
    }

    [Fact]
    public async Task Two_thousand_meetings_that_are_over_leave_only_their_runs()
    {
        foreach (var hundred in Enumerable.Range(0, 2000).Chunk(100))
        {
            var runs = hundred.Select(n => (Id: Guid.CreateVersion7(), Server: $"s{n % 20}", MeetingId: $"room {n % 500}", n)).ToArray();
            await _history.AppendAsync(runs.Select(r => (object)Given.Placed(r.Id, r.MeetingId, r.Server, r.n, voiceBridge: $"{70000 + r.n}")));
            await _history.AppendAsync(runs.Select(r => (object)Given.Started(r.Id, r.Server, $"int-{r.n}", r.n)));
            await _history.AppendAsync(Given.Joins(hundred[0], [.. runs.Select(r => (r.Id, r.Server, 3))]));
            await _history.AppendAsync(runs.Select(r => r.n % 10 == 0
                ? (object)Given.Ended(r.Id, r.Server, EndLearned.ServerPanicked, r.n)
                : Given.Ended(r.Id, r.Server, EndLearned.EndCall, r.n)));
        }

        foreach (var table in new[] { "meeting_location", "voice_bridge", "meeting_joins", "meeting_copy" })
        {
            Assert.Equal(0L, await _history.Database.ScalarAsync<long>($"select count(*) from {table}"));
        }

        Assert.Equal(2000L, await _history.Database.ScalarAsync<long>("select count(*) from meeting_instance where state = 'ended'"));
    }

    private async Task RefusedAsync(string constraint, object @event)
    {
        // Marten wraps what PostgreSQL says.
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => _history.AppendAsync(@event));
        Assert.Equal(constraint, ((refused as PostgresException) ?? (refused.InnerException as PostgresException))?.ConstraintName);
    }

    private async Task<IEnumerable<string>> CopiesAsync() =>
        (await _history.Database.RowsAsync("select meeting_id || ' ' || server_id || ' ' || reason || ' ' || coalesce(internal_meeting_id, '') from meeting_copy order by 1"))
        .Select(row => (string)row[0]!);
}
