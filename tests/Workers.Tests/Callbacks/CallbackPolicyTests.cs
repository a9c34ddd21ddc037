using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>Where a client's URL may lead us, and where not (<c>pitfalls.md B7</c>).</summary>
public sealed class CallbackPolicyTests
{
    [Theory]
    [InlineData("http://127.0.0.1:1/", "127.0.0.1 is 127.0.0.1, which is this machine, and is not called")]
    [InlineData("http://2130706433:1/", "127.0.0.1 is 127.0.0.1, which is this machine, and is not called")]
    [InlineData("http://0x7f.1:1/", "127.0.0.1 is 127.0.0.1, which is this machine, and is not called")]
    [InlineData("http://[::1]:1/", "::1 is ::1, which is this machine, and is not called")]
    [InlineData("http://[::ffff:127.0.0.1]:1/", "which is this machine")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "which is link-local")]
    [InlineData("http://[fd00:ec2::254]/", "which is a cloud's metadata")]
    [InlineData("http://0.0.0.0:1/", "which is no single machine")]
    [InlineData("http://lms.test:1/", "lms.test is 127.0.0.1, which is this machine, and is not called")]
    [InlineData("http://10.1.2.3:1/", "10.1.2.3 is 10.1.2.3, which is private, and is not called")]
    public async Task URLs_of_clients_lead_to_no_loopback_link_local_metadata_or_denied_address(string url, string why)
    {
        await using var pool = await CallbackPool.StartAsync(callbacks: sending => sending with { Allowed = [], DenyPrivate = true });
        var callback = await pool.ArriveAsync(url: url);
        await pool.BecomesAsync(callback, "abandoned");

        var row = await pool.RowAsync(callback);
        Assert.Contains(why, row.Outcome, StringComparison.Ordinal);
        Assert.Equal((1, null), (row.Attempts, row.Status));
    }

    [Fact]
    public async Task URLs_of_clients_lead_to_no_node()
    {
        await using var pool = await CallbackPool.StartAsync(callbacks: sending => sending with { Allowed = [] });
        pool.Names["node.example"] = () => [IPAddress.Parse("10.9.9.9")];
        pool.Names["evil.example"] = () => [IPAddress.Parse("::ffff:10.9.9.9")];
        await pool.Pool.AppendAsync(
            Streams.Server("n1"), new ServerRegistered("n1", "https://node.example/bigbluebutton/api", "f", 1, null, DateTimeOffset.UtcNow));

        var callback = await pool.ArriveAsync(url: "http://evil.example:1/");
        await pool.BecomesAsync(callback, "abandoned");

        Assert.Contains("which is a node's", (await pool.RowAsync(callback)).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task URLs_of_clients_lead_to_no_database()
    {
        await using var pool = await CallbackPool.StartAsync();
        await using var database = NpgsqlDataSource.Create("Host=db.test:5433,10.7.7.7,/run/postgresql;Database=scalelite");
        using var own = new OwnAddresses(
            database, pool.Pool.Service<ServerPool>(),
            (host, _) => Task.FromResult<IPAddress[]>(host == "db.test" ? [IPAddress.Parse("10.8.8.8"), IPAddress.Parse("::ffff:10.8.8.9")] : []),
            pool.Time, NullLogger<OwnAddresses>.Instance);

        var addresses = await own.ReadAsync(CancellationToken.None);

        Assert.Equal(
            [("10.7.7.7", "the database's"), ("10.8.8.8", "the database's"), ("10.8.8.9", "the database's")],
            addresses.Select(address => (address.Key.ToString(), address.Value)).Order());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("lms.test")]
    [InlineData("*.test")]
    public async Task An_operator_lists_exceptions(string allowed)
    {
        await using var pool = await CallbackPool.StartAsync(callbacks: sending => sending with { Allowed = [allowed] });
        await pool.BecomesAsync(await pool.ArriveAsync(url: pool.Receiver.Url(host: "lms.test")), "delivered");
    }

    [Fact]
    public async Task URLs_of_clients_are_resolved_once_and_what_was_judged_is_what_is_called()
    {
        await using var pool = await CallbackPool.StartAsync();
        var asked = 0;
        pool.Names["rebinding.test"] = () => Interlocked.Increment(ref asked) == 1 ? [IPAddress.Loopback] : [IPAddress.Parse("169.254.169.254")];

        await pool.BecomesAsync(await pool.ArriveAsync(url: pool.Receiver.Url(host: "rebinding.test")), "delivered");

        Assert.Equal(1, asked);
        Assert.Equal($"rebinding.test:{pool.Receiver.Port}", pool.Receiver.Calls.Single().Headers["Host"]);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_that_may_be_called_are()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Names["several.test"] = () => [IPAddress.Parse("169.254.169.254"), IPAddress.Parse("0.0.0.0"), IPAddress.Loopback];
        await pool.BecomesAsync(await pool.ArriveAsync(url: pool.Receiver.Url(host: "several.test")), "delivered");
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is 169.254.169.254, which is link-local, and is not called")]
    [InlineData("http://[::1]:1/", "which is this machine")]
    [InlineData("http://inner.test:1/", "which is no single machine")]
    [InlineData("ftp://lms.test/", "127.0.0.1 redirects to ftp:, which is not called")]
    [InlineData("file:///etc/passwd", "127.0.0.1 redirects to file:, which is not called")]
    public async Task URLs_of_clients_that_redirect_are_judged_like_first_targets(string location, string why)
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Names["inner.test"] = () => [IPAddress.Any];
        pool.Receiver.Before = http => RedirectAsync(http, 302, location);
        var callback = await pool.ArriveAsync();
        await pool.BecomesAsync(callback, "abandoned");

        Assert.Contains(why, (await pool.RowAsync(callback)).Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "POST")]
    [InlineData(302, "POST")]
    [InlineData(307, "POST")]
    [InlineData(308, "POST")]
    [InlineData(303, "GET")]
    public async Task A_redirect_is_followed_with_what_was_to_be_said(int status, string method)
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Before = http => http.Request.Path == "/ready" ? RedirectAsync(http, status, "/moved?x=1") : Task.CompletedTask;
        await pool.BecomesAsync(await pool.ArriveAsync(), "delivered");

        var last = pool.Receiver.Calls.Last();
        Assert.Equal((method, "/moved?x=1"), (last.Method, last.Target));
        Assert.Equal(method == "POST", last.Token(CallbackPool.First) is not null);
    }

    [Fact]
    public async Task After_five_redirects_it_is_enough()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Before = http => RedirectAsync(http, 307, "/ready");
        var callback = await pool.ArriveAsync();
        await pool.AttemptedAsync(callback, 1);

        Assert.Equal(("waiting", "no answer: InvalidResponse"), ((await pool.RowAsync(callback)).State, (await pool.RowAsync(callback)).Outcome));
        Assert.Equal(6, pool.Receiver.Calls.Count);
    }

    [Fact]
    public async Task URLs_of_clients_are_called_within_limits_of_time_and_size()
    {
        await using var pool = await CallbackPool.StartAsync();
        pool.Receiver.Before = async http =>
        {
            if (http.Request.Path == "/never") await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted);
            for (var chunk = new byte[64 * 1024]; !http.RequestAborted.IsCancellationRequested;) await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
        };

        var endless = await pool.ArriveAsync("rec-1", pool.Receiver.Url("/endless"));
        var never = await pool.ArriveAsync("rec-2", pool.Receiver.Url("/never"));
        await pool.BecomesAsync(endless, "delivered");
        await pool.AttemptedAsync(never, 1);

        Assert.Equal("no answer within 2 s", (await pool.RowAsync(never)).Outcome);
    }

    [Fact]
    public async Task What_happened_is_told_without_the_words_of_the_target()
    {
        await using var pool = await CallbackPool.StartAsync();
        using var garbage = new TcpListener(IPAddress.Loopback, 0);
        garbage.Start();
        var serving = ServeAsync(garbage, "SSH-2.0-OpenSSH_a-capability\r\n\r\n");
        var port = ((IPEndPoint)garbage.LocalEndpoint).Port;

        var strange = await pool.ArriveAsync("rec-1", $"http://127.0.0.1:{port}/a-capability");
        var unknown = await pool.ArriveAsync("rec-2", "http://no-such-host.example/a-capability");
        var closed = await pool.ArriveAsync("rec-3", "http://127.0.0.1:1/a-capability");
        foreach (var callback in new[] { strange, unknown, closed }) await pool.AttemptedAsync(callback, 1);

        Assert.Equal("no answer: InvalidResponse", (await pool.RowAsync(strange)).Outcome);
        Assert.Equal("its host name is not known", (await pool.RowAsync(unknown)).Outcome);
        Assert.Equal("not connected: ConnectionRefused", (await pool.RowAsync(closed)).Outcome);
        garbage.Stop();
        await serving;
    }

    private static Task RedirectAsync(HttpContext http, int status, string location)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static async Task ServeAsync(TcpListener listener, string text)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptSocketAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes(text));
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
