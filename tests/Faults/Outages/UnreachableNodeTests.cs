using System.Globalization;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Testing;

namespace Scalelite.Faults.Outages;

/// <summary>
/// Three minutes without a node, at a tenth of the time: polls each 6 s for 60, MOVE_AFTER 6 s for 60, deadlines and calls likewise.
/// FAULTS_FULL_TIME=true takes the three minutes and the defaults.
/// </summary>
public sealed class UnreachableNodeTests
{
    private const string Id = "lecture";
    private static readonly double Scale = Environment.GetEnvironmentVariable("FAULTS_FULL_TIME") == "true" ? 1 : 0.1;
    private static readonly TimeSpan ThreeMinutes = TimeSpan.FromMinutes(3) * Scale;
    private static readonly TimeSpan MoveAfter = TimeSpan.FromSeconds(60) * Scale;
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1) * Scale;
    private static readonly int Long = (int)(600 * Scale);

    private static readonly PoolPlan Plan = new()
    {
        Nodes = 3,
        Instances = 1,
        Settings = new Dictionary<string, string>
        {
            ["POLL_INTERVAL"] = "6",
            ["MOVE_AFTER"] = "6",
            ["CONNECT_TIMEOUT"] = "0.5",
            ["RESPONSE_TIMEOUT"] = "1",
            ["CREATE_DEADLINE"] = "2.5",
        },
    };

    [Fact]
    public async Task Whoever_is_in_a_meeting_stays_in_while_its_node_is_unreachable_and_called_all_the_time()
    {
        await using var pool = await Pool.StartAsync(Plan);
        var node = await LectureAsync(pool);
        var run = (await pool.LocationAsync(Id))!.Instance;
        var internalId = node.Meeting(Id)!.InternalMeetingID;
        await using (var calls = new SteadyCalls(pool.Lms))
        {
            node.Partition();
            await Task.Delay(ThreeMinutes);
            node.Recover();
            await pool.ReadyAsync(Long);
            await pool.PolledAsync(1, Long);
            Assert.True(calls.Answered > 50, $"only {calls.Answered} calls were answered");
            Assert.Equal((internalId, 20), (node.Meeting(Id)!.InternalMeetingID, node.Meeting(Id)!.Users));
        }

        // If it had moved: as long as joins are sent to the other copy, people may be on their way there. Now it returns.
        await Eventually.HoldsAsync("one copy is left, on the node", async () =>
            (await pool.LocationAsync(Id))?.Server.Url == node.Url && Others(pool, node).All(n => n.Meeting(Id) is null), Long);
        Assert.Equal((internalId, 20), (node.Meeting(Id)!.InternalMeetingID, node.Meeting(Id)!.Users));
        Assert.Empty(node.Journal.Ends);
        Assert.All(pool.Simulated.Nodes.SelectMany(n => n.Ended), copy => Assert.Equal(0, copy.Users));
        // A location may be used for a second after its node answered, also that of the copy that is gone.
        await Eventually.HoldsAsync("joins lead to it", async () => (await pool.Lms.JoinAsync(Id)).LeadsTo(node), 2);
        Assert.Equal("20", (await pool.Lms.InfoAsync(Id)).ShouldSucceed().Of("participantCount"));

        var server = (await pool.ServerAsync(node)).Server;
        var story = await pool.StoryAsync($"server-{server.Id}");
        Assert.Equal(["server_suspected", "server_went_offline", "server_came_online"], story.Where(e => e is "server_suspected" or "server_went_offline").Take(2).Append(story[^1]));
        var meeting = await pool.StoryAsync($"meeting-{run}");
        Assert.Equal(["meeting_placed", "meeting_started"], meeting.Take(2));
        Assert.DoesNotContain("meeting_ended", meeting);
        Assert.NotEqual(0, await pool.CountAsync("select from mt_events where type = 'server_poll_failed' and stream_id like $1", $"polls-{server.Id}-%"));
    }

    [Fact]
    public async Task A_meeting_whose_node_crashed_runs_on_another_within_one_create_after_MOVE_AFTER()
    {
        await using var pool = await Pool.StartAsync(Plan);
        var node = await LectureAsync(pool);
        var run = (await pool.LocationAsync(Id))!.Instance;
        node.Crash();
        await Eventually.HoldsAsync("it is offline", async () => (await pool.ServerAsync(node)).Server.Health == Health.Offline, Long);
        var since = (await pool.ServerAsync(node)).Server.OfflineSince!.Value;
        await Eventually.HoldsAsync("MOVE_AFTER is over", () => DateTimeOffset.UtcNow > since + MoveAfter + OneSecond, Long);
        Assert.Equal("serverUnavailable", (await pool.Lms.JoinAsync(Id)).Error?.Key());

        (await pool.Lms.CreateAsync(Id)).ShouldSucceed();

        var other = Assert.Single(Others(pool, node), n => n.Meeting(Id) is not null);
        Assert.True((await pool.Lms.JoinAsync(Id)).LeadsTo(other));
        other.AddUsers(Id, 2);

        node.Recover();
        await pool.ReadyAsync(Long);
        await pool.PolledAsync(2, Long);
        Assert.True((await pool.Lms.JoinAsync(Id)).LeadsTo(other));
        Assert.Equal("2", (await pool.Lms.InfoAsync(Id)).ShouldSucceed().Of("participantCount"));
        Assert.Empty(pool.Simulated.Nodes.SelectMany(n => n.Journal.Ends));
        Assert.Contains("meeting_moved", await pool.StoryAsync($"meeting-{run}"));
    }

    private static string Seconds(double unscaled) => (unscaled * Scale).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<SimulatedNode> Others(Pool pool, SimulatedNode node) => pool.Simulated.Nodes.Where(n => n != node);

    private static async Task<SimulatedNode> LectureAsync(Pool pool)
    {
        (await pool.Lms.CreateAsync(Id)).ShouldSucceed();
        var node = pool.Simulated.Nodes.Single(n => n.Meeting(Id) is not null);
        node.AddUsers(Id, 20, moderators: 2);
        await pool.PolledAsync(1, Long);
        return node;
    }

    /// <summary>Asks for the meeting with each call again and again, as the pages of an LMS do.</summary>
    private sealed class SteadyCalls : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly Task calling;
        private int answered;

        public SteadyCalls(Lms lms) => calling = Task.WhenAll(
            RepeatAsync(() => lms.IsRunningAsync(Id)),
            RepeatAsync(() => lms.InfoAsync(Id)),
            RepeatAsync(() => lms.CreateAsync(Id)),
            RepeatAsync(() => lms.JoinAsync(Id)));

        public int Answered => Volatile.Read(ref answered);

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await calling;
            stopping.Dispose();
        }

        private async Task RepeatAsync(Func<Task> call)
        {
            while (!stopping.IsCancellationRequested)
            {
                await call();
                Interlocked.Increment(ref answered);
                await Task.Delay(OneSecond, CancellationToken.None);
            }
        }
    }
}
