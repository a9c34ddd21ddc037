using Scalelite.Simulator;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;

namespace Scalelite.Faults.Outages;

/// <summary>
/// kill -9 at each step of a create. The process stops itself when it reaches the step (<c>StartupHook</c>, which only this test
/// puts into it), or is killed when the node shows that it was sent.
/// </summary>
public abstract class KilledCreateTests(KilledCreateTests.TwoNodes fixture, bool nodeHasIt) : IClassFixture<KilledCreateTests.TwoNodes>
{
    private readonly Pool pool = fixture.Pool;

    [Theory]
    [InlineData("placed")]
    [InlineData("sent")]
    [InlineData("answered")]
    [InlineData("written")]
    public async Task A_create_whose_process_is_killed_is_taken_up_by_the_next(string step)
    {
        var id = $"killed-when-{step}";
        await KillAsync(id, step);
        var placed = await pool.LocationAsync(id);
        Assert.NotNull(placed);
        var story = await pool.StoryAsync($"meeting-{placed.Instance}");
        // A poll may have found the meeting on its node already, but not where the node was never asked.
        Assert.Equal(step switch { "placed" => false, "written" => true, _ => story.Contains("meeting_started") }, story.Contains("meeting_started"));
        var node = pool.Simulated.Nodes.Single(n => n.Url == placed.Server.Url);
        Arrange(node, id, step);
        var internalId = node.Meeting(id)?.InternalMeetingID;

        var joined = await pool.Lms.JoinAsync(id);
        Assert.True(joined.LeadsTo(node), joined.ToString());
        var again = (await pool.Lms.CreateAsync(id)).ShouldSucceed();

        var holder = Assert.Single(pool.Simulated.Nodes, n => n.Meeting(id) is not null);
        Assert.Equal(holder.Meeting(id)!.InternalMeetingID, again.Of("internalMeetingID"));
        if (nodeHasIt) Assert.Equal(internalId, again.Of("internalMeetingID"));
        Assert.True((await pool.Lms.JoinAsync(id)).LeadsTo(holder));

        await pool.PolledAsync(2);
        Assert.Equal(again.Of("internalMeetingID"), (await pool.LocationAsync(id))?.InternalMeetingId);
        Assert.All(pool.Simulated.Nodes.SelectMany(n => n.Ended), copy => Assert.Equal(EndedByTest, copy.Reason));
        var servers = await pool.ServersAsync();
        Assert.All(pool.Simulated.Nodes, n => Assert.Equal(15 * n.Meetings.Count, servers.Single(s => s.Server.Url == n.Url).Load.Users()));
        await pool.ReadModelsAreWhatTheEventsSayAsync();
    }

    private static Simulator.Meetings.EndReason EndedByTest => Simulator.Meetings.EndReason.Told;

    private async Task KillAsync(string id, string step)
    {
        if (step != "sent")
        {
            var stopped = await pool.StartProcessAsync(("DOTNET_STARTUP_HOOKS", typeof(KilledCreateTests).Assembly.Location), ("SCALELITE_STOP_AT", step));
            await Task.WhenAll(stopped.ExitedAsync(TimeSpan.FromSeconds(40)), BrokenOffAsync(stopped, id, mayAnswer: step == "written"));
            return;
        }

        var held = (nodeHasIt ? Fault.HangAfterExecuting() : Fault.HangAfterBody()).On("create");
        foreach (var node in pool.Simulated.Nodes) node.Faults.Add(held);
        var killed = await pool.StartProcessAsync();
        var create = BrokenOffAsync(killed, id, mayAnswer: false);
        await Eventually.HoldsAsync("the create is sent", () => pool.Simulated.Nodes.Any(
            n => n.Journal.Entries.Any(e => e.Call == "create" && e.MeetingID == id) && (!nodeHasIt || n.Meeting(id) is not null)));
        await killed.KillAsync();
        await create;
        foreach (var node in pool.Simulated.Nodes) node.Faults.Remove(held);
    }

    /// <summary>Whether the node has the meeting does not always follow from the step: it may have lost it, or have had it from elsewhere.</summary>
    private void Arrange(SimulatedNode node, string id, string step)
    {
        if (step == "placed" && nodeHasIt) node.StartMeeting(id);
        if (step is "answered" or "written" && !nodeHasIt) Assert.True(node.EndMeeting(id));
        Assert.Equal(nodeHasIt, node.Meeting(id) is not null);
    }

    /// <summary>Asks until the process is dead. A cold one on a busy machine may miss the short deadline of these tests, and says so.</summary>
    private static async Task BrokenOffAsync(ScaleliteProcess process, string id, bool mayAnswer)
    {
        try
        {
            for (var attempt = 1; attempt <= 5; attempt++)
            {
                if (!(await process.Lms.CreateAsync(id)).Succeeded()) continue;
                Assert.True(mayAnswer, "the create was answered");
                return;
            }

            Assert.Fail($"the create never came so far:\n{process.Log}");
        }
        catch (HttpRequestException)
        {
            // Its process is dead.
        }
    }

    /// <summary>Two nodes and a process that survives.</summary>
    public sealed class TwoNodes : IAsyncLifetime
    {
        internal Pool Pool { get; private set; } = null!;

        public async Task InitializeAsync() => Pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 2,
            Settings = new Dictionary<string, string> { ["CREATE_DEADLINE"] = "5", ["CONNECT_TIMEOUT"] = "1", ["RESPONSE_TIMEOUT"] = "4" },
        });

        public async Task DisposeAsync() => await Pool.DisposeAsync();
    }
}

/// <summary>The node has the meeting when the process is dead.</summary>
public sealed class KilledCreateThatTheNodeHasTests(KilledCreateTests.TwoNodes fixture) : KilledCreateTests(fixture, nodeHasIt: true);

/// <summary>The node does not have the meeting when the process is dead: it never got the create, or has lost the meeting since.</summary>
public sealed class KilledCreateThatTheNodeLacksTests(KilledCreateTests.TwoNodes fixture) : KilledCreateTests(fixture, nodeHasIt: false);
