using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Scalelite.Api.Tests.Uploads;

/// <summary>The script that runs on a node, run here.</summary>
public sealed class NodeScriptTests(UploadHost host) : IClassFixture<UploadHost>, IDisposable
{
    private readonly string _node = Directory.CreateTempSubdirectory("node-").FullName;

    public void Dispose() => Directory.Delete(_node, recursive: true);

    [Fact]
    public async Task A_node_sends_what_is_published_of_a_recording()
    {
        var id = await PublishAsync();
        var (code, said) = await RunAsync(host.Balancer.Origin, id);
        Assert.True(code == 0, said);
        await CompletedAsync(id);
        Assert.True(File.Exists(Path.Combine(host.Published, "notes", id, "notes.pdf")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_node, "work"), ".*"));
        Assert.Equal(1, (await RunAsync(host.Balancer.Origin, "no-such-recording")).Code);
        Assert.Equal(1, (await RunAsync(host.Balancer.Origin, "../etc")).Code);
    }

    [Fact]
    public async Task A_node_goes_on_after_broken_connections()
    {
        var id = await PublishAsync(8_000_000);
        await using var wire = new BreakingWire(new Uri(host.Balancer.Origin).Port, breakAfter: 3_000_000, breaks: 2);
        var (code, said) = await RunAsync(wire.Origin, id);
        Assert.True(code == 0, said);
        await CompletedAsync(id);
        Assert.Equal(8_000_000, new FileInfo(Path.Combine(host.Published, "notes", id, "big")).Length);
        // It went on instead of beginning anew: three times all of it would be more.
        Assert.InRange(wire.Sent, 8_000_000, 12_000_000);
    }

    [Fact]
    public async Task Old_recordings_are_sent_once()
    {
        var (one, two) = (await PublishAsync(), await PublishAsync());
        Assert.Equal(0, (await RunAsync(host.Balancer.Origin, "--all")).Code);
        await CompletedAsync(one);
        await CompletedAsync(two);
        var (code, said) = await RunAsync(host.Balancer.Origin, "--all");
        Assert.Equal((0, ""), (code, said));

        // One more format: sent again.
        await PublishAsync(0, one, "podcast");
        Assert.Equal(0, (await RunAsync(host.Balancer.Origin, "--all")).Code);
        await Testing.Eventually.HoldsAsync("the new format is in", () => Directory.Exists(Path.Combine(host.Published, "podcast", one)));
    }

    [Fact]
    public async Task With_a_wrong_secret_it_gives_up_and_says_so()
    {
        var id = await PublishAsync();
        var (code, said) = await RunAsync(host.Balancer.Origin, id, secret: "wrong", tries: 2);
        Assert.Equal(1, code);
        Assert.Contains($"{id}.tar was not sent in 2 tries", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-secret-that-is-much-longer-than-the-sixty-four-bytes-of-a-block-of-SHA-256-and-is-hashed-first")]
    [InlineData("x")]
    public async Task Secrets_of_every_length_sign(string secret)
    {
        var name = $"n{Guid.NewGuid():n}";
        await host.Balancer.RegisterAsync(name, $"http://127.0.0.1:9/{name}/bigbluebutton/api", secret);
        var id = await PublishAsync();
        var (code, said) = await RunAsync(host.Balancer.Origin, id, secret);
        Assert.True(code == 0, said);
    }

    private async Task<string> PublishAsync(int more = 0, string? recordId = null, string format = "notes")
    {
        var id = recordId ?? Archives.Notes().Id;
        var folder = Directory.CreateDirectory(Path.Combine(_node, "published", format, id)).FullName;
        foreach (var (name, content) in Archives.Files(id, more)) await File.WriteAllBytesAsync(Path.Combine(folder, name), content);
        return id;
    }

    private Task CompletedAsync(string id) => Testing.Eventually.HoldsAsync(
        $"{id} is imported",
        async () => await host.Balancer.Database.ScalarAsync<long>("select count(*) from import_queue where name = $1 and state = 'completed'", $"{id}.tar") > 0,
        60);

    private async Task<(int Code, string Said)> RunAsync(string origin, string argument, string secret = UploadHost.NodeSecret, int tries = 20)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "scalelite-upload"));
        start.ArgumentList.Add(argument);
        start.Environment["SCALELITE_UPLOAD_CONF"] = Path.Combine(_node, "none.conf");
        start.Environment["SCALELITE_URL"] = origin;
        start.Environment["BBB_SECRET"] = secret;
        start.Environment["PUBLISHED_DIR"] = Path.Combine(_node, "published");
        start.Environment["WORK_DIR"] = Path.Combine(_node, "work");
        start.Environment["UPLOAD_TRIES"] = tries.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["UPLOAD_PAUSE"] = "1";
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "127.0.0.1";
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    /// <summary>A wire that breaks the first connections that carry much.</summary>
    private sealed class BreakingWire : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _accepting;
        private readonly int _port;
        private readonly int _breakAfter;
        private int _breaks;
        private long _sent;

        public BreakingWire(int port, int breakAfter, int breaks)
        {
            (_port, _breakAfter, _breaks) = (port, breakAfter, breaks);
            _listener.Start();
            Origin = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _accepting = AcceptAsync();
        }

        public string Origin { get; }

        public long Sent => Interlocked.Read(ref _sent);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Dispose();
            await _accepting;
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task CarryAsync(TcpClient client)
        {
            using var node = client;
            using var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port);
                var back = server.GetStream().CopyToAsync(node.GetStream());
                var buffer = new byte[65536];
                var carried = 0;
                int read;
                while ((read = await node.GetStream().ReadAsync(buffer)) > 0)
                {
                    await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
                    Interlocked.Add(ref _sent, read);
                    carried += read;
                    if (carried > _breakAfter && Interlocked.Decrement(ref _breaks) >= 0) return;
                }

                server.Client.Shutdown(SocketShutdown.Send);
                await back;
            }
            catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
            {
                // Either side has gone.
            }
        }
    }
}
