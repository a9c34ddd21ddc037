using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Nodes;

public sealed class NodeClientTests : IDisposable
{
    private const string Success = "<response><returncode>SUCCESS</returncode><message>ü</message></response>";

    private static readonly NodeTimeouts Patient = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
    private static readonly NodeTimeouts Brief = new(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(300));

    private readonly NodeClient _client = new(new NodeClientOptions());

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_call_arrives_signed_with_its_query_untouched_and_nothing_else()
    {
        await using var node = LoopbackNode.Answering(Success);
        const string Query = "meetingID=%41%7E%c3%a9|x+y&a=1&a=2";
        var reply = await _client.SendAsync(new NodeCall(Address(node), "create", Query, Patient), default);
        var answered = Assert.IsType<NodeReply.Answered>(reply);
        Assert.Equal((200, "text/xml;charset=utf-8", null), (answered.Status, answered.ContentType, answered.Failure));
        Assert.Equal(Success, Encoding.UTF8.GetString(answered.Body.Span));
        Assert.Equal("ü", answered.Answer.Message);

        Assert.True(node.Heads.TryDequeue(out var head));
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var target = lines[0].Split(' ')[1];
        Assert.StartsWith("/bigbluebutton/api/create?" + Query + "&checksum=", target, StringComparison.Ordinal);
        Assert.True(Checksum.Verify("create", RawQuery.OfTarget(target), ["secret"], ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha256)).IsRight);
        Assert.Equal([$"Host: 127.0.0.1:{node.Port}", "User-Agent: Scalelite.EventSourced"], lines[1..].Order());
    }

    [Fact]
    public async Task Connections_are_used_again()
    {
        await using var node = LoopbackNode.Answering(Success);
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<NodeReply.Answered>(await Call(node, Patient));
        }

        Assert.Equal((5, 1), (node.Heads.Count, node.Connections));
    }

    [Theory]
    [InlineData(0, 3, true)]
    [InlineData(2_500, 2, false)]
    public async Task A_kept_connection_that_just_closed_is_replaced_and_a_node_that_took_the_call_and_died_is_not_asked_again(
        int milliseconds, int requests, bool answered)
    {
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.AnswerAsync(Success);
            await connection.ReadHeadAsync();
            await Task.Delay(milliseconds, connection.Stop);
        });
        Assert.IsType<NodeReply.Answered>(await Call(node, Patient));
        var reply = await Call(node, Patient);
        Assert.Equal(answered ? null : UncertainKind.Broken, (reply as NodeReply.Uncertain)?.Kind);
        Assert.Equal(answered, reply is NodeReply.Answered);
        Assert.Equal(requests, node.Heads.Count);
    }

    [Fact]
    public async Task Redirects_are_answers()
    {
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        });
        var answered = Assert.IsType<NodeReply.Answered>(await Call(node, Patient));
        Assert.Equal((302, NodeAnswerKind.Empty), (answered.Status, answered.Answer.Kind));
        Assert.Equal("HTTP 302 with an empty answer", answered.Failure);
    }

    [Fact]
    public async Task A_refused_connection_is_not_taken()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var reply = await _client.SendAsync(NodeCall.Of(new("n", $"http://127.0.0.1:{port}/api", "s"), "create", [], Patient), default);
        Assert.Equal(NotTakenKind.Refused, Assert.IsType<NodeReply.NotTaken>(reply).Kind);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_told_from_a_dead_node()
    {
        using var failing = new NodeClient(new NodeClientOptions { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        using var hanging = new NodeClient(new NodeClientOptions { Resolve = (_, _) => new TaskCompletionSource<IPAddress[]>().Task });
        var call = NodeCall.Of(new("n", "http://node.example/api", "s"), "create", [], Patient with { Connect = TimeSpan.FromMilliseconds(200) });
        foreach (var client in new[] { failing, hanging })
        {
            Assert.Equal(NotTakenKind.Resolver, Assert.IsType<NodeReply.NotTaken>(await client.SendAsync(call, default)).Kind);
        }
    }

    [Fact]
    public async Task A_second_address_is_tried_when_the_first_refuses()
    {
        await using var node = LoopbackNode.Answering(Success);
        using var client = new NodeClient(new NodeClientOptions { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]) });
        var call = NodeCall.Of(new("n", $"http://node.example:{node.Port}/api", "s"), "create", [], Patient);
        Assert.IsType<NodeReply.Answered>(await client.SendAsync(call, default));
    }

    [Fact]
    public async Task A_connection_that_never_opens_is_not_taken()
    {
        using var full = new Socket(SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        var fillers = Enumerable.Range(0, 8).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
        foreach (var filler in fillers)
        {
            _ = filler.ConnectAsync(IPAddress.Loopback, port);
        }

        var timeouts = Patient with { Connect = TimeSpan.FromMilliseconds(300) };
        var reply = await _client.SendAsync(NodeCall.Of(new("n", $"http://127.0.0.1:{port}/api", "s"), "create", [], timeouts), default);
        Assert.Equal(NotTakenKind.ConnectTimeout, Assert.IsType<NodeReply.NotTaken>(reply).Kind);
        Assert.InRange(reply.Elapsed.TotalSeconds, 0.2, 10);
        foreach (var filler in fillers)
        {
            filler.Dispose();
        }
    }

    [Fact]
    public async Task A_handshake_that_fails_or_hangs_is_not_taken()
    {
        await using var silent = LoopbackNode.Hanging();
        var timeouts = Patient with { Connect = TimeSpan.FromMilliseconds(300) };
        Task<NodeReply> Secure(LoopbackNode node) => _client.SendAsync(NodeCall.Of(new("n", $"https://127.0.0.1:{node.Port}/api", "s"), "create", [], timeouts), default);
        await using var garbage = new LoopbackNode(connection => connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        Assert.Equal(NotTakenKind.Tls, Assert.IsType<NodeReply.NotTaken>(await Secure(garbage)).Kind);
        Assert.Equal(NotTakenKind.ConnectTimeout, Assert.IsType<NodeReply.NotTaken>(await Secure(silent)).Kind);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_not_taken_and_one_that_is_serves()
    {
        using var key = RSA.Create(2048);
        var wish = new CertificateRequest("CN=node.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = wish.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var node = new LoopbackNode(async connection =>
        {
            await using var secure = new SslStream(connection.Stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, connection.Stop);
            var buffer = new byte[4096];
            while (await secure.ReadAsync(buffer, connection.Stop) > 0)
            {
                await secure.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(Success)}\r\n\r\n{Success}"), connection.Stop);
            }
        });
        var call = NodeCall.Of(new("n", $"https://127.0.0.1:{node.Port}/api", "s"), "create", [], Patient);
        Assert.Equal(NotTakenKind.Tls, Assert.IsType<NodeReply.NotTaken>(await _client.SendAsync(call, default)).Kind);
        using var trusting = new NodeClient(new NodeClientOptions { AcceptCertificate = (_, shown, _, _) => shown?.Subject == "CN=node.example" });
        Assert.IsType<NodeReply.Answered>(await trusting.SendAsync(call, default));
        Assert.IsType<NodeReply.Answered>(await trusting.SendAsync(call, default));
    }

    [Fact]
    public async Task Silence_after_the_request_is_uncertain()
    {
        await using var node = LoopbackNode.Hanging();
        Assert.Equal(UncertainKind.Timeout, Assert.IsType<NodeReply.Uncertain>(await Call(node, Brief)).Kind);
    }

    [Fact]
    public async Task The_total_limit_holds_whatever_the_node_does()
    {
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
            while (true)
            {
                await connection.SendAsync("x");
                await Task.Delay(20, connection.Stop);
            }
        });
        var reply = await Call(node, Patient with { Total = TimeSpan.FromSeconds(2) });
        Assert.Equal(UncertainKind.Deadline, Assert.IsType<NodeReply.Uncertain>(reply).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<response>")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<resp\r\n")]
    [InlineData("what is this\r\n\r\n")]
    public async Task A_connection_that_ends_early_is_uncertain(string sent)
    {
        foreach (var reset in new[] { false, true })
        {
            await using var node = new LoopbackNode(async connection =>
            {
                await connection.ReadHeadAsync();
                await connection.SendAsync(sent);
                if (reset)
                {
                    connection.Reset();
                }
            });
            Assert.Equal(UncertainKind.Broken, Assert.IsType<NodeReply.Uncertain>(await Call(node, Patient)).Kind);
        }
    }

    [Fact]
    public async Task A_slow_but_steady_answer_is_waited_for()
    {
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(Success)}\r\n\r\n");
            foreach (var one in Success)
            {
                await connection.SendAsync(one.ToString());
                await Task.Delay(15, connection.Stop);
            }
        });
        var reply = await Call(node, Patient with { Response = TimeSpan.FromMilliseconds(600) });
        Assert.True(Assert.IsType<NodeReply.Answered>(reply).Answer.IsAnswer);
        Assert.True(reply.Elapsed > TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task A_big_answer_comes_whole_and_one_that_is_too_big_is_refused()
    {
        var body = $"<response><returncode>SUCCESS</returncode><message>{new string('x', 3_000_000)}</message></response>";
        await using var node = LoopbackNode.Answering(body);
        Assert.Equal(body.Length, Assert.IsType<NodeReply.Answered>(await Call(node, Patient)).Body.Length);
        using var small = new NodeClient(new NodeClientOptions { LargestAnswer = 1_000_000 });
        Assert.Equal(UncertainKind.TooLarge, Assert.IsType<NodeReply.Uncertain>(await small.SendAsync(NodeCall.Of(Address(node), "a", [], Patient), default)).Kind);
    }

    [Fact]
    public async Task The_callers_cancellation_is_an_exception()
    {
        await using var node = LoopbackNode.Hanging();
        using var caller = new CancellationTokenSource();
        var reply = _client.SendAsync(NodeCall.Of(Address(node), "create", [], Patient), caller.Token);
        await Eventually(() => !node.Heads.IsEmpty);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
    }

    [Fact]
    public async Task A_hanging_node_holds_only_its_own_calls_and_its_polls_go_on()
    {
        await using var healthy = LoopbackNode.Answering(Success);
        await using var hanging = new LoopbackNode(async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                await (head.Contains("/getMeetings", StringComparison.Ordinal) ? connection.AnswerAsync(Success) : connection.StopRequested);
            }
        });
        using var client = new NodeClient(new NodeClientOptions { CallsPerNode = 2 });
        using var enough = new CancellationTokenSource();
        var stuck = Enumerable.Range(0, 2).Select(_ => client.SendAsync(NodeCall.Of(Address(hanging), "create", [], Patient), enough.Token)).ToArray();
        await Eventually(() => hanging.Heads.Count == 2);

        var late = await client.SendAsync(NodeCall.Of(Address(hanging), "create", [], Patient with { Queue = TimeSpan.FromMilliseconds(200) }), default);
        Assert.Equal(NotTakenKind.Busy, Assert.IsType<NodeReply.NotTaken>(late).Kind);
        Assert.IsType<NodeReply.Answered>(await client.SendAsync(NodeCall.Of(Address(hanging), "getMeetings", [], Patient, lane: NodeLane.Polls), default));
        Assert.IsType<NodeReply.Answered>(await client.SendAsync(NodeCall.Of(Address(healthy), "create", [], Patient), default));

        await enough.CancelAsync();
        foreach (var one in stuck)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        // The turns were given back.
        var again = await client.SendAsync(NodeCall.Of(Address(hanging), "getMeetings", [], Patient), default);
        Assert.IsType<NodeReply.Answered>(again);
    }

    [Fact]
    public async Task An_opened_answer_is_read_as_it_comes()
    {
        var next = new SemaphoreSlim(0);
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nfirst");
            await next.WaitAsync(connection.Stop);
            await connection.SendAsync("second");
        });
        var opened = Assert.IsType<NodeReply.Opened>(await _client.OpenAsync(NodeCall.Of(Address(node), "a", [], Patient), default));
        await using var body = opened.Body;
        var buffer = new byte[100];
        var read = await body.ReadAtLeastAsync(buffer, 5);
        Assert.Equal("first", Encoding.ASCII.GetString(buffer, 0, read));
        next.Release();
        read = await body.ReadAtLeastAsync(buffer, 100, throwOnEndOfStream: false);
        Assert.Equal("second", Encoding.ASCII.GetString(buffer, 0, read));
        Assert.Equal("a/b", opened.ContentType);
    }

    [Fact]
    public async Task Nodes_calls_are_told_apart_by_NodeApi()
    {
        var api = new NodeApi(_client);
        await using var refusing = LoopbackNode.Answering("<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>x</message></response>");
        var meetings = await api.GetMeetingsAsync(Address(refusing), Patient, default);
        Assert.Equal((null, "secret refused"), (meetings.Meetings, meetings.Failure));
        Assert.True(Assert.IsType<NodeReply.Answered>(await api.EndAsync(Address(refusing), "m", "p w", Patient, default)).IsSecretRefused);
        Assert.Contains(refusing.Heads, head => head.StartsWith("GET /bigbluebutton/api/end?meetingID=m&password=p%20w&checksum=", StringComparison.Ordinal));

        await using var empty = LoopbackNode.Answering("<response><returncode>SUCCESS</returncode><meetings/><bbbVersion>3.0.1</bbbVersion></response>");
        Assert.Empty((await api.GetMeetingsAsync(Address(empty), Patient, default)).Meetings!.Meetings);
        Assert.Equal("3.0.1", Assert.IsType<NodeReply.Answered>(await api.GetVersionAsync(Address(empty), Patient, default)).Answer.BbbVersion);
        Assert.Contains(empty.Heads, head => head.StartsWith("GET /bigbluebutton/api HTTP", StringComparison.Ordinal));

        await using var page = LoopbackNode.Answering("<html>Bad Gateway</html>", 502);
        Assert.Equal("HTTP 502 with a web page", (await api.GetMeetingsAsync(Address(page), Patient, default)).Failure);
        await using var other = LoopbackNode.Answering("<response><returncode>SUCCESS</returncode><version>2.0</version></response>");
        Assert.Equal("HTTP 200 with an answer that lists no meetings", (await api.GetMeetingsAsync(Address(other), Patient, default)).Failure);
    }

    internal static async Task Eventually(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "waited in vain");
            await Task.Delay(5);
        }
    }

    internal static NodeAddress Address(LoopbackNode node) => new("n1", node.Url, "secret");

    private Task<NodeReply> Call(LoopbackNode node, NodeTimeouts timeouts) =>
        _client.SendAsync(NodeCall.Of(Address(node), "create", new QueryParameters { { "meetingID", "m" } }, timeouts), default);
}
