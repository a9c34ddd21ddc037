using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Servers;

/// <summary>Load = what the last answer showed + what was placed and joined since and is not in it. LOAD_MIN_USER_COUNT is 15 here.</summary>
public sealed class PoolLoadTests : IAsyncLifetime
{
    private const int MinimumUsers = 15;

    private readonly Guid _run = Guid.CreateVersion7();
    private PoolHistory _history = null!;
    private ServerPool _pool = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        _pool = new ServerPool(_history.Database.Source);
        await _history.AppendAsync(Given.Registered("a"), new ServerEnabled("a", Given.At(1)), new ServerCameOnline("a", Given.At(2)));
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_server_without_polls_has_no_load() =>
        Assert.Equal(new ServerLoad("a", null, 1, 0, 0, 0, 0, 0, null), await LoadAsync());

    [Fact]
    public async Task A_placement_counts_the_minimum_at_once_and_gives_its_share_back_when_it_fails()
    {
        await _history.AppendAsync(Given.Polled("a", 1, 5), Given.Placed(_run, "room", "a", 10));
        Assert.Equal(new ServerLoad("a", null, 1, 1, 0, 15, 0, 1, Given.At(5)), await LoadAsync());

        await _history.AppendAsync(Given.Failed(_run, "a", PlacementFailure.NotTaken, 11));
        Assert.Equal(new ServerLoad("a", null, 1, 0, 0, 0, 0, 0, Given.At(5)), await LoadAsync());
    }

    [Fact]
    public async Task A_poll_that_was_under_way_does_not_erase_a_placement()
    {
        await _history.AppendAsync(
            Given.Placed(_run, "room", "a", 10), Given.Started(_run, "a", "int", 11), Given.Polled("a", 1, 12, Given.Seen("other", "int-other", 3)));

        Assert.Equal((2, 3L, 15L), Seen(await LoadAsync()));
    }

    [Fact]
    public async Task Joins_to_a_meeting_that_no_poll_has_shown_count_once_they_are_more_than_the_minimum()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10), Given.Joins(12, (_run, "a", 14)));
        Assert.Equal((1, 0L, 15L), Seen(await LoadAsync()));

        await _history.AppendAsync(Given.Joins(13, (_run, "a", 6)));
        Assert.Equal((1, 0L, 20L), Seen(await LoadAsync()));
        Assert.Equal(21, (await LoadAsync()).ScaleliteSince);
    }

    [Fact]
    public async Task A_young_meeting_counts_at_least_the_minimum_an_older_one_its_users_and_both_the_joins_since_the_poll()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10), Given.Started(_run, "a", "int", 11), Given.Joins(12, (_run, "a", 4)));
        await _history.AppendAsync(Given.Polled("a", 1, 20, Given.Seen("room", "int", 4, _run, joinsBefore: 4, moderators: 2)));
        Assert.Equal(new ServerLoad("a", null, 1, 1, 15, 0, 15, 0, Given.At(20)), await LoadAsync(youngSince: 0));
        Assert.Equal(new ServerLoad("a", null, 1, 1, 4, 0, 6, 0, Given.At(20)), await LoadAsync(youngSince: 60));

        await _history.AppendAsync(Given.Joins(25, (_run, "a", 13)));
        Assert.Equal(new ServerLoad("a", null, 1, 1, 17, 0, 15, 13, Given.At(20)), await LoadAsync(youngSince: 0));
        Assert.Equal(new ServerLoad("a", null, 1, 1, 17, 0, 6, 13, Given.At(20)), await LoadAsync(youngSince: 60));
    }

    [Fact]
    public async Task A_meeting_that_is_not_in_the_last_answer_any_more_does_not_count_and_a_failed_poll_changes_nothing()
    {
        await _history.AppendAsync(
            Given.Polled("a", 1, 5, Given.Seen("gone", "int-gone", 30), Given.Seen("stays", "int-stays", 20)),
            Given.Polled("a", 2, 10, Given.Seen("stays", "int-stays", 22)),
            Given.PollFailed("a", 3, 15));

        Assert.Equal((1, 22L, 0L), Seen(await LoadAsync(youngSince: 60)));
        var server = Assert.Single(await _pool.ListAsync(MinimumUsers, Given.At(60), default));
        Assert.Equal((1, "timeout", 3L, 22, false), (server.Failures, server.Error, server.Round, server.Users, server.TakesMeetings));
        Assert.Equal((Given.At(15), Given.At(10)), (server.PolledAt!.Value, server.Load.PolledAt!.Value));
    }

    [Fact]
    public async Task A_new_run_of_a_meeting_is_not_taken_for_the_old_one_that_the_last_answer_still_shows()
    {
        var again = Guid.CreateVersion7();
        await _history.AppendAsync(
            Given.Placed(_run, "room", "a", 10), Given.Started(_run, "a", "int-1", 11), Given.Joins(12, (_run, "a", 30)),
            Given.Polled("a", 1, 15, Given.Seen("room", "int-1", 30, _run, joinsBefore: 30)),
            Given.Ended(_run, "a", EndLearned.EndCall, 16));
        await _history.AppendAsync(Given.Placed(again, "room", "a", 17), Given.Joins(18, (again, "a", 3)));
        Assert.Equal((2, 30L, 15L), Seen(await LoadAsync(youngSince: 60)));

        await _history.AppendAsync(Given.Started(again, "a", "int-2", 19));
        Assert.Equal((2, 30L, 15L), Seen(await LoadAsync(youngSince: 60)));

        await _history.AppendAsync(Given.Polled("a", 2, 20, Given.Seen("room", "int-2", 3, again, joinsBefore: 3)));
        Assert.Equal((1, 3L, 0L), Seen(await LoadAsync(youngSince: 60)));
    }

    [Fact]
    public async Task A_poll_sees_a_meeting_that_is_still_being_placed()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10), Given.Polled("a", 1, 12, Given.Seen("room", "int", 2, _run)));

        Assert.Equal((1, 2L, 0L), Seen(await LoadAsync(youngSince: 60)));
    }

    [Fact]
    public async Task A_meeting_that_was_found_counts_by_its_users_and_its_age_is_the_nodes()
    {
        await _history.AppendAsync(Given.Adopted(_run, "found", "a", "int", 10), Given.Polled("a", 1, 12, Given.Seen("found", "int", 2, _run)));

        Assert.Equal((1, 15L, 0L), Seen(await LoadAsync(youngSince: 4)));
        Assert.Equal((1, 2L, 0L), Seen(await LoadAsync(youngSince: 5)));
    }

    [Fact]
    public async Task A_moved_meeting_counts_on_its_new_server_with_the_joins_that_were_routed_to_it()
    {
        await _history.AppendAsync(Given.Registered("b", 3));
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10), Given.Started(_run, "a", "int", 11), Given.Joins(12, (_run, "a", 20)));
        await _history.AppendAsync(Given.Polled("a", 1, 15, Given.Seen("room", "int", 20, _run, 20)), Given.Moved(_run, "a", "int", "b", 90));
        await _history.AppendAsync(Given.Joins(91, (_run, "b", 2), (_run, "a", 1)));

        Assert.Equal((1, 20L, 0L), Seen(await LoadAsync(youngSince: 60)));
        Assert.Equal((1, 0L, 23L), Seen(await LoadAsync(youngSince: 60, server: "b")));
    }

    [Fact]
    public async Task The_multiplier_and_the_tag_are_shown_and_multiply_nothing_yet()
    {
        await _history.AppendAsync(new LoadMultiplierChanged("a", 2.5m, Given.At(3)), new ServerTagged("a", "gpu", Given.At(4)), Given.Placed(_run, "room", "a", 10));

        Assert.Equal(new ServerLoad("a", "gpu", 2.5m, 1, 0, 15, 0, 1, null), await LoadAsync());
    }

    [Fact]
    public async Task Servers_are_listed_in_order_of_registration_with_state_and_health()
    {
        await _history.AppendAsync(Given.Registered("z", 5), Given.Registered("k", 4), new ServerCordoned("k", Given.At(6)));
        await _history.AppendAsync(new ServerSuspected("a", "x", Given.At(9)), new ServerWentOffline("a", "x", Given.At(10)));

        Assert.Equal(["a", "k", "z"], (await _pool.ListAsync(default)).Select(server => server.Id));
        Assert.Equal(["a", "k", "z"], (await _pool.ListAsync(MinimumUsers, Given.Start, default)).Select(server => server.Server.Id));
        Assert.Equal(
            new PoolServer("a", "https://a.example/bigbluebutton/api", "fingerprint-a", AdministrativeState.Enabled, Health.Offline, Given.At(10)),
            await _pool.FindAsync("a", default));
        Assert.Equal((AdministrativeState.Cordoned, Health.Offline, null), await StateAsync("k"));
        Assert.Null(await _pool.FindAsync("unknown", default));

        async Task<(AdministrativeState, Health, DateTimeOffset?)> StateAsync(string id) =>
            await _pool.FindAsync(id, default) is { } server ? (server.State, server.Health, server.OfflineSince) : default;
    }

    private static (int Meetings, long Seen, long Unseen) Seen(ServerLoad load) => (load.Meetings, load.Seen, load.Unseen);

    private async Task<ServerLoad> LoadAsync(int youngSince = 0, string server = "a") =>
        (await _pool.ListAsync(MinimumUsers, Given.At(youngSince), default)).Single(loaded => loaded.Server.Id == server).Load;
}
