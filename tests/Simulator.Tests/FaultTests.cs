using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using Scalelite.Simulator.Faults;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class FaultTests : OneNode
{
    private const string Create = "meetingID=abc&name=Room";

    [Fact]
    public async Task Latency_comes_before_the_call_and_strikes_only_the_calls_named()
    {
        Node.Faults.Add(Fault.Latency(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(50)).On("create"));
        var watch = Stopwatch.StartNew();
        var create = Bbb.XmlAsync("create", Create);
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
        Assert.Equal("SUCCESS", (await create).Code());
        Assert.InRange(watch.ElapsedMilliseconds, 300, 9000);
    }

    [Fact]
    public async Task A_late_answer_belongs_to_a_call_that_was_executed_at_once()
    {
        Node.Faults.Add(Fault.LateAnswer(TimeSpan.FromMilliseconds(300)).Next(1));
        var create = Bbb.XmlAsync("create", Create);
        await Until(() => Node.Meetings.Count == 1, "the meeting");
        Assert.False(create.IsCompleted);
        Assert.Equal("SUCCESS", (await create).Code());
        Assert.Empty(Node.Faults.Active);
    }

    [Fact]
    public async Task A_delayed_call_is_executed_in_its_time_though_the_caller_went_away()
    {
        Node.Faults.Add(Fault.Latency(TimeSpan.FromMilliseconds(400)).On("create"));
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bbb.SendAsync("create", Create, impatient.Token));
        Assert.Empty(Node.Meetings);
        await Until(() => Node.Meetings.Count == 1, "the meeting");
    }

    [Fact]
    public async Task A_node_that_hangs_takes_calls_and_never_answers_until_it_is_told_to_stop()
    {
        Node.Faults.Add(Fault.Hang());
        var calls = Enumerable.Range(0, 5).Select(_ => Bbb.SendAsync("create", Create)).ToArray();
        await Until(() => Node.Journal.Count("create") == 5, "five calls");
        Assert.Equal((5, 5), (Node.Connections, Node.PeakConnections));
        Assert.DoesNotContain(calls, c => c.IsCompleted);

        Node.Faults.Clear();
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => call);
        }

        Assert.Empty(Node.Meetings);
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
        await Until(() => Node.Connections <= 1, "the connections to go");
    }

    [Fact]
    public async Task A_fault_strikes_as_often_as_told_and_hangs_on_until_it_is_removed()
    {
        var fault = Fault.HangAfterExecuting().On("create").Next(1);
        Node.Faults.Add(fault);
        var first = Bbb.SendAsync("create", Create);
        await Until(() => Node.Meetings.Count == 1, "the meeting");
        Assert.Equal("duplicateWarning", (await Bbb.XmlAsync("create", Create)).Key());
        Assert.False(first.IsCompleted);
        Assert.True(Node.Faults.Remove(fault));
        await Assert.ThrowsAsync<HttpRequestException>(() => first);
        Assert.False(Node.Faults.Remove(fault));
    }

    [Theory]
    [InlineData(FaultKind.EmptyReply, 0)]
    [InlineData(FaultKind.DropAnswer, 1)]
    [InlineData(FaultKind.Reset, 0)]
    public async Task An_answer_that_is_dropped_leaves_the_call_executed_or_not(FaultKind kind, int meetings)
    {
        // Not only for the next call: HttpClient repeats a request that was answered with nothing.
        Node.Faults.Add(new Fault(kind));
        await Assert.ThrowsAsync<HttpRequestException>(() => Bbb.XmlAsync("create", Create));
        Assert.Equal(meetings, Node.Meetings.Count);
        Node.Faults.Clear();
        Assert.Equal("SUCCESS", (await Bbb.XmlAsync("create", Create)).Code());
    }

    [Fact]
    public async Task An_empty_reply_ends_the_connection_without_a_byte()
    {
        Node.Faults.Add(Fault.EmptyReply());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Node.Port);
        await client.GetStream().WriteAsync("GET /bigbluebutton/api HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray());
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Web_server_errors_are_HTML()
    {
        Node.Faults.Add(Fault.HtmlError(503));
        using var answer = await Bbb.SendAsync("getMeetings");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("nginx", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_and_truncated_XML()
    {
        Node.Faults.Add(Fault.WrongXml().Next(1));
        Assert.Null((await Bbb.XmlAsync("getMeetings")).Element("returncode"));
        Node.Faults.Add(Fault.TruncatedXml().Next(1));
        await Assert.ThrowsAsync<XmlException>(() => Bbb.XmlAsync("create", Create));
        Assert.Single(Node.Meetings);
    }

    [Fact]
    public async Task Failures_of_any_key_and_a_refused_secret()
    {
        Node.Faults.Add(Fault.Failed("maxConcurrent", "Too many.").On("create"));
        Node.Faults.Add(Fault.ChecksumError().On("getMeetings"));
        Assert.Equal("maxConcurrent", (await Bbb.XmlAsync("create", Create)).Key());
        var answer = await Bbb.XmlAsync("getMeetings");
        Assert.Equal(("FAILED", "checksumError", "Checksums do not match"), (answer.Code(), answer.Key(), answer.Of("message")));
        Assert.Empty(Node.Meetings);
        Assert.Equal("SUCCESS", (await Bbb.XmlAsync("isMeetingRunning", "meetingID=abc")).Code());
    }

    [Fact]
    public async Task Counts_may_come_with_a_thousands_separator()
    {
        Node.StartMeeting("abc");
        Node.AddUsers("abc", 1234);
        Assert.Equal("1234", (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Of("participantCount"));
        Node.Faults.Add(Fault.ThousandsSeparators());
        Assert.Equal("1,234", (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Of("participantCount"));
        Assert.Equal("1,234", (await Bbb.XmlAsync("getMeetings")).Descendants("participantCount").Single().Value);
    }

    [Fact]
    public async Task A_node_that_refuses_keeps_its_meetings_and_comes_back_on_its_port()
    {
        await Bbb.XmlAsync("create", Create);
        Node.AddUsers("abc", 3);
        var (port, url) = (Node.Port, Node.Url);
        for (var i = 0; i < 3; i++)
        {
            Node.Refuse();
            await Refused();
            Assert.Equal(Reach.Refusing, Node.Reach);
            Node.Recover();
            Assert.Equal("3", (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Of("participantCount"));
        }

        Assert.Equal((port, url), (Node.Port, Node.Url));
    }

    [Fact]
    public async Task A_node_that_crashed_comes_back_without_its_meetings()
    {
        await Bbb.XmlAsync("create", Create);
        Node.AddUsers("abc", 3);
        var pending = Hanging();
        Node.Crash();
        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
        await Refused();
        Node.Recover();
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
        Assert.Equal((Meetings.EndReason.Crash, 3), (Node.Ended[0].Reason, Node.Ended[0].Users));
        Assert.Empty(Node.Journal.Ends);
    }

    [Fact]
    public async Task A_call_that_waits_in_a_node_is_lost_when_it_crashes()
    {
        Node.Faults.Add(Fault.Latency(TimeSpan.FromMilliseconds(200)).On("create"));
        var create = Bbb.XmlAsync("create", Create);
        await Until(() => Node.Journal.Count("create") == 1, "the call");
        Node.Crash();
        Node.Recover();
        await Assert.ThrowsAsync<HttpRequestException>(() => create);
        Node.Faults.Add(Fault.Latency(TimeSpan.FromMilliseconds(400)));
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
    }

    [Fact]
    public async Task A_pool_stops_though_its_nodes_hang()
    {
        var pool = await SimulatedPool.StartAsync(new() { Nodes = 1 });
        pool.Nodes[0].Faults.Add(Fault.Latency(TimeSpan.FromHours(1)).On("getMeetings"));
        pool.Nodes[0].Faults.Add(Fault.Hang().On("create"));
        var bbb = new BbbCaller(pool.Nodes[0]);
        Task[] calls = [bbb.SendAsync("getMeetings"), bbb.SendAsync("create", Create)];
        await Until(() => pool.Nodes[0].Journal.Total == 2, "the calls");
        await pool.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => call);
        }
    }

    [Fact]
    public async Task A_partition_is_a_black_hole_for_new_and_open_connections_and_meetings_go_on()
    {
        await Bbb.XmlAsync("create", Create);
        Node.AddUsers("abc", 3);
        Node.Journal.Clear();
        Node.Partition();

        // The connection is open already: what is sent on it is not heard.
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bbb.SendAsync("end", "meetingID=abc", impatient.Token));
        await NoConnection();
        Assert.Equal(0, Node.Journal.Total);
        Node.AddUsers("abc", 2);

        Node.Recover();
        Assert.Equal("5", (await Bbb.XmlAsync("getMeetingInfo", "meetingID=abc")).Of("participantCount"));
        Assert.Empty(Node.Journal.Ends);
    }

    [Fact]
    public async Task Refusal_crash_and_partition_may_follow_each_other()
    {
        foreach (var step in new Action[] { Node.Partition, Node.Refuse, Node.Partition, Node.Partition, Node.Crash, Node.Refuse })
        {
            step();
            await (Node.Reach == Reach.Refusing ? Refused() : NoConnection());
        }

        Node.Recover();
        Node.Recover();
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
    }

    private async Task Refused()
    {
        using var client = new TcpClient();
        var failure = await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, Node.Port));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    private async Task NoConnection()
    {
        using var client = new TcpClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(IPAddress.Loopback, Node.Port, deadline.Token).AsTask());
    }

    private Task<XElement> Hanging()
    {
        Node.Faults.Add(Fault.Hang());
        return Bbb.XmlAsync("getMeetings");
    }
}
