using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Scalelite.Workers.Servers;

namespace Scalelite.Faults.Operating;

/// <summary>What operators do with servers that have meetings, and what becomes of those.</summary>
public sealed class ServerLifeTests(ServerLifeTests.FourNodes fixture) : IClassFixture<ServerLifeTests.FourNodes>
{
    private static readonly ChangedBy Operator = new("operator");

    private readonly Pool pool = fixture.Pool;

    [Fact]
    public async Task A_meeting_of_a_removed_server_is_created_anew_on_another()
    {
        var (node, id) = await MeetingAsync("removed");
        await using (await WithoutAsync(node, (operations, server) => operations.RemoveAsync(server, force: true, Operator, CancellationToken.None)))
        {
            Assert.Equal("notFound", (await pool.Lms.JoinAsync(id)).Error?.Key());
            Assert.Equal(0, await pool.CountAsync("select from meeting_location where server_id not in (select id from server)"));

            (await pool.Lms.CreateAsync(id)).ShouldSucceed();

            var other = Assert.Single(pool.Simulated.Nodes, n => n != node && n.Meeting(id) is not null);
            Assert.True((await pool.Lms.JoinAsync(id)).LeadsTo(other));
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_can_be_panicked_and_its_meetings_are_given_up()
    {
        var (node, id) = await MeetingAsync("panicked");
        node.Partition();
        await using (await WithoutAsync(node, (operations, server) => operations.PanicAsync(server, keepState: false, skipEndCalls: false, Operator, CancellationToken.None)))
        {
            Assert.Equal(AdministrativeState.Disabled, (await pool.ServerAsync(node)).Server.State);
            Assert.Equal("notFound", (await pool.Lms.JoinAsync(id)).Error?.Key());
            Assert.Equal("false", (await pool.Lms.IsRunningAsync(id)).ShouldSucceed().Of("running"));
            (await pool.Lms.CreateAsync(id)).ShouldSucceed();
            Assert.Single(pool.Simulated.Nodes, n => n != node && n.Meeting(id) is not null);
        }
    }

    [Fact]
    public async Task A_cordoned_servers_meetings_are_fully_usable_and_it_is_disabled_when_the_last_is_over()
    {
        var (node, id) = await MeetingAsync("cordoned");
        await using (await WithoutAsync(node, (operations, server) => operations.CordonAsync(server, Operator, CancellationToken.None)))
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => (await pool.Lms.CreateAsync($"beside-{i}")).ShouldSucceed()));
            Assert.DoesNotContain(node.Meetings, m => m.MeetingID.StartsWith("beside-", StringComparison.Ordinal));
            Assert.Equal("duplicateWarning", (await pool.Lms.CreateAsync(id)).ShouldSucceed().Key());
            Assert.True((await pool.Lms.JoinAsync(id)).LeadsTo(node));
            (await pool.Lms.InfoAsync(id)).ShouldSucceed();
            Assert.Contains((await pool.Lms.MeetingsAsync()).Descendants("meetingID"), m => m.Value == id);
            Assert.Equal(AdministrativeState.Cordoned, (await pool.ServerAsync(node)).Server.State);

            foreach (var meeting in node.Meetings) node.EndMeeting(meeting.MeetingID);
            await Eventually.HoldsAsync("the empty server is disabled", async () => (await pool.ServerAsync(node)).Server.State == AdministrativeState.Disabled);
        }
    }

    [Fact]
    public async Task An_end_that_is_lost_keeps_the_meeting_and_one_that_succeeds_removes_it()
    {
        var (node, id) = await MeetingAsync("ended");
        node.Faults.Add(Fault.Reset().On("end"));
        Assert.Equal("internalError", (await pool.Lms.EndAsync(id)).Key());
        Assert.True((await pool.Lms.JoinAsync(id)).LeadsTo(node));
        node.Recover();

        Assert.Equal("sentEndMeetingRequest", (await pool.Lms.EndAsync(id)).ShouldSucceed().Key());

        Assert.Equal("notFound", (await pool.Lms.JoinAsync(id)).Error?.Key());
        Assert.Null(await pool.LocationAsync(id));
        await pool.ReadyAsync();
    }

    [Fact]
    public async Task getMeetings_succeeds_while_a_node_dies_in_the_middle_of_it()
    {
        var (node, id) = await MeetingAsync("listed");
        await pool.PolledAsync(1);
        var slow = Fault.Latency(TimeSpan.FromSeconds(1)).On("getMeetings");
        node.Faults.Add(slow);
        var asked = node.Journal.Count("getMeetings");
        var listing = pool.Lms.MeetingsAsync();
        await Eventually.HoldsAsync("the node is asked", () => node.Journal.Count("getMeetings") > asked);
        node.Refuse();

        Assert.Contains((await listing).ShouldSucceed().Descendants("meetingID"), m => m.Value == id);

        node.Recover();
        await pool.ReadyAsync();
    }

    private async Task<(SimulatedNode Node, string Id)> MeetingAsync(string id)
    {
        (await pool.Lms.CreateAsync(id)).ShouldSucceed();
        await pool.PolledAsync(1);
        return (pool.Simulated.Nodes.Single(n => n.Meeting(id) is not null), id);
    }

    /// <summary>Takes a server out of work, and lets it work again at the end.</summary>
    private async Task<BackAtWork> WithoutAsync(SimulatedNode node, Func<ServerOperations, string, Task<ServerOutcome>> operation)
    {
        var server = (await pool.ServerAsync(node)).Server.Id;
        await pool.OperateAsync(operations => operation(operations, server));
        return new BackAtWork(pool, node);
    }

    private sealed class BackAtWork(Pool pool, SimulatedNode node) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            node.Recover();
            await pool.EnableAsync(node);
            await pool.ReadyAsync();
        }
    }

    /// <summary>Four nodes, of which each test takes one out of work for a while.</summary>
    public sealed class FourNodes : IAsyncLifetime
    {
        internal Pool Pool { get; private set; } = null!;

        public async Task InitializeAsync() => Pool = await Pool.StartAsync(new PoolPlan { Nodes = 4 });

        public async Task DisposeAsync() => await Pool.DisposeAsync();
    }
}
