using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Testing;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Meetings;

public sealed class AdoptionTests
{
    [Fact]
    public async Task All_live_meetings_are_found_again_after_the_database_was_lost_and_none_is_ended()
    {
        await using var pool = await TestPool.StartAsync(2, register: false);
        foreach (var node in pool.Nodes.Nodes)
        {
            for (var i = 0; i < 25; i++)
            {
                var id = $"{node.Name} lesson {i}";
                node.StartMeeting(id, "Physics", new Dictionary<string, string> { ["course"] = "7", ["bbb-recording-ready-url"] = "https://lms/secret" });
                node.AddUsers(id, 2);
            }
        }

        await pool.RegisterAsync(pool.Nodes.Nodes);
        await Eventually.HoldsAsync(
            "all are routable",
            async () => await pool.Database.ScalarAsync<long>("select count(*) from meeting_location where state = 'live'") == 50);

        await pool.PolledAsync(pool.Nodes.Nodes[0]);
        Assert.Equal(50, await pool.Database.ScalarAsync<long>("select count(*) from meeting_instance where adopted and name = 'Physics'"));
        Assert.All(pool.Nodes.Nodes, node => Assert.Empty(node.Journal.Ends));
        Assert.Equal("""{"course": "7"}""", await pool.Database.ScalarAsync<string>("select distinct metadata::text from meeting_instance"));
        Assert.Equal(0, await pool.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%lms/secret%'"));
    }

    [Fact]
    public async Task A_breakout_is_adopted_and_its_users_count()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        await pool.StartMeetingAsync(node, "lesson", users: 5);
        var breakout = node.StartBreakout("lesson", 1);
        node.AddUsers(breakout.MeetingID, 2);

        await Eventually.HoldsAsync("it is routable", async () => await pool.LocationAsync(breakout.MeetingID) == node.Name);
        await pool.PolledAsync(node);

        Assert.Equal(7, await pool.Database.ScalarAsync<int>("select users from server_load"));
        Assert.True(await pool.Database.ScalarAsync<bool>("select is_breakout from meeting_instance where meeting_id = $1", breakout.MeetingID));
    }

    [Fact]
    public async Task A_meeting_that_its_node_still_shows_after_a_confirmed_end_does_not_come_back()
    {
        await using var pool = await TestPool.StartAsync(1);
        var node = pool.Nodes.Nodes[0];
        var instance = await pool.StartMeetingAsync(node, "lesson");
        await pool.PolledAsync(node);

        await pool.InvokeAsync(new EndMeeting(instance, node.Name, EndLearned.EndCall, DateTimeOffset.UtcNow));
        await pool.PolledAsync(node, 3);

        Assert.Null(await pool.LocationAsync("lesson"));
        Assert.Equal(1, await pool.Database.ScalarAsync<long>("select count(*) from meeting_instance"));
    }

    [Fact]
    public async Task A_meeting_whose_id_has_its_place_elsewhere_is_left_alone()
    {
        await using var pool = await TestPool.StartAsync(2);
        var (here, there) = (pool.Nodes.Nodes[0], pool.Nodes.Nodes[1]);
        await pool.StartMeetingAsync(here, "lesson", users: 1);
        there.StartMeeting("lesson");
        there.AddUsers("lesson", 1);

        await pool.PolledAsync(there, 3);

        Assert.Equal(here.Name, await pool.LocationAsync("lesson"));
        Assert.Empty(there.Journal.Ends);
        Assert.Equal(1, await pool.Database.ScalarAsync<long>("select count(*) from meeting_instance"));
    }

    [Fact]
    public async Task One_of_many_adoptions_of_a_meeting_counts()
    {
        await using var pool = await TestPool.StartAsync(1, register: false);
        var node = pool.Nodes.Nodes[0];
        await pool.RegisterAsync(pool.Nodes.Nodes);
        var found = new Domain.Polling.FoundMeeting(
            "lesson", "lesson-1", 1, null, null, 0, 0, 0, 0, false, false, null, new Dictionary<string, string>());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.InvokeAsync(new AdoptMeeting("", node.Name, found))));

        Assert.Equal(1, await pool.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'meeting_adopted'"));
    }
}
