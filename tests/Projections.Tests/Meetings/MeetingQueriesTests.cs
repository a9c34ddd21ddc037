using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Meetings;

public sealed class MeetingQueriesTests : IAsyncLifetime
{
    private readonly Guid _run = Guid.CreateVersion7();
    private PoolHistory _history = null!;
    private MeetingLocations _locations = null!;
    private MeetingRuns _runs = null!;
    private LastSeenMeetings _lastSeen = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        (_locations, _runs, _lastSeen) = (new(_history.Database.Source), new(_history.Database.Source), new(_history.Database.Source));
        await _history.AppendAsync(Given.Registered("a", tag: "gpu"), new ServerEnabled("a", Given.At(1)), new ServerCameOnline("a", Given.At(2)));
        await _history.AppendAsync(Given.Registered("b", 3));
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_location_tells_the_run_its_state_and_its_server()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10, "t1"));
        var placing = await _locations.FindAsync("t1", "room", default);
        Assert.Equal((_run, true, null, null, Given.At(35)), (placing!.Instance, placing.Placing, placing.InternalMeetingId, placing.CreateTime, placing.Deadline!.Value));
        Assert.Equal(("a", AdministrativeState.Enabled, Health.Online), (placing.Server.Id, placing.Server.State, placing.Server.Health));

        await _history.AppendAsync(Given.Started(_run, "a", "int", 11));
        var live = await _locations.FindAsync("t1", "room", default);
        Assert.Equal((false, "int", Given.At(11).ToUnixTimeMilliseconds(), null, Given.At(10)), (live!.Placing, live.InternalMeetingId, live.CreateTime, live.Deadline, live.PlacedAt));
        Assert.Null(await _locations.FindAsync("", "room", default));
        Assert.Null(await _locations.FindAsync("t1", "Room", default));

        await _history.AppendAsync(Given.Moved(_run, "a", "int", "b", 80));
        var moved = await _locations.FindAsync("t1", "room", default);
        Assert.Equal(("b", true, null, Given.At(105)), (moved!.Server.Id, moved.Placing, moved.InternalMeetingId, moved.Deadline!.Value));

        await _history.AppendAsync(Given.MovedBack(_run, "b", null, "a", "int", 90));
        var back = await _locations.FindAsync("t1", "room", default);
        Assert.Equal(("a", false, "int", null), (back!.Server.Id, back.Placing, back.InternalMeetingId, back.Deadline));

        await _history.AppendAsync(Given.Ended(_run, "a", EndLearned.EndCall, 100));
        Assert.Null(await _locations.FindAsync("t1", "room", default));
    }

    [Fact]
    public async Task Locations_are_listed_by_age_by_server_and_by_meetingID_in_all_tenants()
    {
        var (other, third) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 30, "t1"), Given.Placed(other, "room", "b", 20, "t2"), Given.Placed(third, "lab", "a", 10));

        Assert.Equal([third, other, _run], (await _locations.ListAsync(default)).Select(l => l.Instance));
        Assert.Equal([third, _run], (await _locations.OnServerAsync("a", default)).Select(l => l.Instance));
        await using var connection = await _history.Database.Source.OpenConnectionAsync();
        await using var batch = new Npgsql.NpgsqlBatch(connection) { BatchCommands = { MeetingLocations.ByMeetingIds(["room", "none"]) } };
        await using var rows = await batch.ExecuteReaderAsync();
        Assert.Equal(["t1", "t2"], (await MeetingLocations.ReadAsync(rows, default)).Select(l => l.TenantId).Order());
    }

    [Fact]
    public async Task A_run_that_failed_on_one_server_and_lives_on_the_next_shows_nothing_of_the_failure()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "b", 10, voiceBridge: "70001"), Given.Failed(_run, "b", PlacementFailure.Uncertain, 11));
        var failed = await _runs.FindAsync(_run, default);
        Assert.Equal(("failed", Given.At(11), "Uncertain"), (failed!.State, failed.EndedAt!.Value, failed.How));

        await _history.AppendAsync(Given.Placed(_run, "room", "a", 12, voiceBridge: "70002"));
        var placing = await _runs.FindAsync(_run, default);
        Assert.Equal(("placing", "a", "70002", null, null), (placing!.State, placing.ServerId, placing.VoiceBridge, placing.EndedAt, placing.How));
        Assert.Equal("70002", await _history.Database.ScalarAsync<string>("select string_agg(number, ',') from voice_bridge"));

        await _history.AppendAsync(Given.Started(_run, "a", "int", 13));
        var live = await _runs.FindAsync(_run, default);
        Assert.Equal(("live", "int", "70002", null, null), (live!.State, live.InternalMeetingId, live.VoiceBridge, live.EndedAt, live.How));
        Assert.Equal(("moderator-fingerprint", "gpu", Given.At(10)), (live.ModeratorPasswordFingerprint, live.ServerTag, live.PlacedAt));
    }

    [Fact]
    public async Task A_moved_run_keeps_its_first_start_and_the_create_times_of_all_its_copies()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10), Given.Started(_run, "a", "int-a", 11), Given.Moved(_run, "a", "int-a", "b", 80));
        await _history.AppendAsync(Given.Started(_run, "b", "int-b", 81), Given.Ended(_run, "b", EndLearned.Polls, 100));

        var run = await _runs.FindAsync(_run, default);
        Assert.Equal(("ended", "b", 1, "Polls", Given.At(100)), (run!.State, run.ServerId, run.Moves, run.How, run.EndedAt!.Value));
        Assert.Equal([Given.At(11).ToUnixTimeMilliseconds(), Given.At(81).ToUnixTimeMilliseconds()], run.CreateTimes);
        Assert.True(await _history.Database.ScalarAsync<bool>("select started_at = $1 and peak_users = 12 from meeting_instance", Given.At(11)));
    }

    [Fact]
    public async Task Runs_of_a_meeting_are_listed_the_latest_first()
    {
        var ids = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToArray();
        for (var i = 0; i < ids.Length; i++)
        {
            await _history.AppendAsync(Given.Placed(ids[i], "room", "a", 10 * i), Given.Failed(ids[i], "a", PlacementFailure.Refused, (10 * i) + 1));
        }

        Assert.Equal([ids[3], ids[2], ids[1]], (await _runs.OfMeetingAsync("", "room", 3, default)).Select(run => run.Instance));
        Assert.Empty(await _runs.OfMeetingAsync("t1", "room", 3, default));
        Assert.Null(await _runs.FindAsync(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task What_the_last_good_poll_showed_is_told_with_what_the_create_said()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a", 10, voiceBridge: "70001"), Given.Started(_run, "a", "int", 11));
        await _history.AppendAsync(
            Given.Polled("a", 1, 15, Given.Seen("over", "int-over", 5)),
            Given.Polled("a", 2, 20, Given.Seen("room", "int", 9, _run, second: 11), Given.Seen("stranger", "int-x", 4, second: 5)),
            Given.PollFailed("a", 3, 25));

        var seen = await _lastSeen.OnServersAsync(["a", "b"], default);
        Assert.Equal([("stranger", null, 4), ("room", "Name of room", 9)], seen.Select(m => (m.MeetingId, m.Name, m.Users)));
        var room = await _lastSeen.FindAsync("a", "room", default);
        Assert.Equal(("int", "70001", "Moodle", 1, 4, 3), (room!.InternalMeetingId, room.VoiceBridge, room.Metadata["bbb-origin"], room.Moderators, room.Voice, room.Videos));
        Assert.Empty(seen[0].Metadata);
        Assert.Null(await _lastSeen.FindAsync("a", "over", default));
        Assert.Null(await _lastSeen.FindAsync("b", "room", default));
    }
}
