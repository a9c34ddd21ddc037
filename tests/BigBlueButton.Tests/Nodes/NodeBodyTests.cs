using System.IO.Pipelines;
using System.Text;
using Scalelite.BigBlueButton.Nodes;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Nodes;

public sealed class NodeBodyTests : IDisposable
{
    private const string Success = "<response><returncode>SUCCESS</returncode></response>";

    private static readonly NodeTimeouts Patient = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));

    private readonly NodeClient _client = new(new NodeClientOptions());

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_body_arrives_as_it_is_with_its_type()
    {
        var received = "";
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            received = Encoding.UTF8.GetString(await connection.ReadAsync(14));
            await connection.AnswerAsync(Success);
        });
        Assert.IsType<NodeReply.Answered>(await Send(node, new NodeBody("application/xml; charset=utf-8", "<modules>é</m>"u8[..14])));
        Assert.Equal("<modules>é</m", received);
        Assert.True(node.Heads.TryDequeue(out var head));
        Assert.StartsWith("POST /bigbluebutton/api/insertDocument?", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/xml; charset=utf-8\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 14\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_read_before_the_connection_is_open()
    {
        var source = new CountingStream(100);
        var body = new NodeBody("text/xml", source, 100);
        var reply = await _client.SendAsync(NodeCall.Of(new("n", "http://127.0.0.1:1/api", "s"), "insertDocument", [], Patient, body), default);
        Assert.IsType<NodeReply.NotTaken>(reply);
        Assert.Equal((0L, true), (source.BytesRead, body.CanBeSent));
    }

    [Theory]
    [InlineData(NodeBody.Keep, true)]
    [InlineData(NodeBody.Keep + 1, false)]
    public async Task A_body_can_be_sent_again_up_to_a_mebibyte(int size, bool again)
    {
        await using var broken = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadAsync(size);
        });
        var total = 0;
        await using var healthy = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            total = (await connection.ReadAsync(size)).Where((one, at) => one == CountingStream.ByteAt(at)).Count();
            await connection.AnswerAsync(Success);
        });
        var body = new NodeBody("text/xml", new CountingStream(size), size);
        Assert.Equal(UncertainKind.Broken, Assert.IsType<NodeReply.Uncertain>(await Send(broken, body)).Kind);
        Assert.Equal(again, body.CanBeSent);
        var second = await Send(healthy, body);
        if (again)
        {
            Assert.IsType<NodeReply.Answered>(second);
            Assert.Equal(size, total);
        }
        else
        {
            Assert.Equal(NotTakenKind.Body, Assert.IsType<NodeReply.NotTaken>(second).Kind);
        }
    }

    [Fact]
    public async Task A_hundred_mebibytes_go_through_without_being_held()
    {
        const long Size = 100 * 1024 * 1024;
        var source = new CountingStream(Size);
        var readAhead = 0L;
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await NodeClientTests.Eventually(() => source.BytesRead > NodeBody.Keep / 4);
            await Task.Delay(300, connection.Stop);
            readAhead = source.BytesRead;
            var buffer = new byte[64 * 1024];
            for (var left = Size; left > 0;)
            {
                left -= await connection.Stream.ReadAsync(buffer, connection.Stop);
            }

            await connection.AnswerAsync(Success);
        });
        var body = new NodeBody("text/xml", source, Size);
        Assert.IsType<NodeReply.Answered>(await Send(node, body));
        Assert.Equal(Size, source.BytesRead);
        Assert.False(body.CanBeSent);
        Assert.InRange(readAhead, 1, 8 * 1024 * 1024);
    }

    [Fact]
    public async Task Waiting_for_the_caller_is_not_the_nodes_silence()
    {
        var pipe = new Pipe();
        await using var node = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadAsync(6);
            await connection.AnswerAsync(Success);
        });
        var body = new NodeBody("text/xml", pipe.Reader.AsStream(), 6);
        var reply = Send(node, body, Patient with { Response = TimeSpan.FromMilliseconds(300) });
        await pipe.Writer.WriteAsync("abc"u8.ToArray());
        await Task.Delay(900);
        Assert.False(reply.IsCompleted);
        await pipe.Writer.WriteAsync("def"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        Assert.IsType<NodeReply.Answered>(await reply);
    }

    [Fact]
    public async Task A_slow_but_steady_upload_is_waited_for_and_a_stalled_one_is_not()
    {
        const int Size = 8 * 1024 * 1024;
        await using var slow = new LoopbackNode(async connection =>
        {
            await connection.ReadHeadAsync();
            for (var i = 0; i < 16; i++)
            {
                await connection.ReadAsync(Size / 16);
                await Task.Delay(120, connection.Stop);
            }

            await connection.AnswerAsync(Success);
        });
        var timeouts = Patient with { Response = TimeSpan.FromMilliseconds(1_300) };
        var reply = await Send(slow, new NodeBody("text/xml", new CountingStream(Size), Size), timeouts);
        Assert.IsType<NodeReply.Answered>(reply);
        await using var stalled = LoopbackNode.Hanging();
        reply = await Send(stalled, new NodeBody("text/xml", new CountingStream(10L * Size), 10L * Size), timeouts);
        Assert.Equal(UncertainKind.Timeout, Assert.IsType<NodeReply.Uncertain>(reply).Kind);
    }

    [Fact]
    public async Task A_caller_that_breaks_off_is_not_the_nodes_failure()
    {
        await using var node = LoopbackNode.Hanging();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("abc"u8.ToArray());
        await pipe.Writer.CompleteAsync(new IOException("gone"));
        var reply = await Send(node, new NodeBody("text/xml", pipe.Reader.AsStream(), 6));
        Assert.Equal(NotTakenKind.Body, Assert.IsType<NodeReply.NotTaken>(reply).Kind);
    }

    private Task<NodeReply> Send(LoopbackNode node, NodeBody body, NodeTimeouts? timeouts = null) =>
        _client.SendAsync(NodeCall.Of(NodeClientTests.Address(node), "insertDocument", new() { { "meetingID", "m" } }, timeouts ?? Patient, body), default);

    private sealed class CountingStream(long length) : MemoryStream
    {
        public long BytesRead { get; private set; }

        public static byte ByteAt(long position) => (byte)(position * 31 >> 3);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, length - BytesRead);
            for (var i = 0; i < count && length < 10 * NodeBody.Keep; i++)
            {
                buffer.Span[i] = ByteAt(BytesRead + i);
            }

            BytesRead += count;
            return ValueTask.FromResult(count);
        }
    }
}
