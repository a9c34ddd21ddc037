using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Uploads;

public sealed class UploadTests(UploadHost host) : IClassFixture<UploadHost>
{
    [Fact]
    public async Task A_node_uploads_an_archive_and_it_becomes_a_recording()
    {
        var (id, archive) = Archives.Notes();
        var sent = await host.PostAsync($"{id}.tar", archive);
        Assert.Equal((202, (long)archive.Length), (sent.Status, sent.Offset));
        await host.CompletedAsync(sent.Import!.Value);
        Assert.True(File.Exists(Path.Combine(host.Published, "notes", id, "notes.pdf")));
        Assert.Equal(
            new object?[] { $"{id}.tar", "upload", host.ServerId, (long)archive.Length },
            Assert.Single(await host.Balancer.Database.RowsAsync("select name, source, server_id, bytes from import_queue where import_id = $1", sent.Import.Value)));
        Assert.Equal(1L, await host.Balancer.Database.ScalarAsync<long>("select count(*) from recording_catalog where record_id = $1", id));
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_was_interrupted()
    {
        var (id, archive) = Archives.Notes(3_000_000);
        var token = UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive));
        Assert.Equal((200, 0L), Of(await host.HeadAsync(token)));

        await SendAndBreakOffAsync(token, archive, 1_000_000);
        UploadReply? here = null;
        await Eventually.HoldsAsync("a part has come", async () => (here = await host.HeadAsync(token)).Offset > 0);
        await Eventually.HoldsAsync("what was sent is here", async () => (here = await host.HeadAsync(token)).Offset == 1_000_000);

        var wrong = await host.PostAsync(token, new ByteArrayContent(archive), offset: 5);
        Assert.Equal((409, 1_000_000L), Of(wrong));
        var part = await host.PostAsync(token, new ByteArrayContent(archive[1_000_000..1_500_000]), offset: 1_000_000);
        Assert.Equal((409, 1_500_000L), Of(part));
        var rest = await host.PostAsync(token, new StreamContent(new MemoryStream(archive[1_500_000..])), offset: 1_500_000);
        Assert.Equal(202, rest.Status);
        await host.CompletedAsync(rest.Import!.Value);
        Assert.Equal(3_000_000, new FileInfo(Path.Combine(host.Published, "notes", id, "big")).Length);
    }

    [Fact]
    public async Task Who_did_not_hear_that_all_arrived_is_told_again_and_nothing_is_imported_twice()
    {
        var (id, archive) = Archives.Notes();
        var first = await host.PostAsync($"{id}.tar", archive);
        var again = await host.PostAsync($"{id}.tar", archive);
        Assert.Equal((202, first.Import), (again.Status, again.Import));
        Assert.Equal((202, (long)archive.Length), Of(await host.HeadAsync(UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive)))));
        Assert.Equal(1L, await host.Balancer.Database.ScalarAsync<long>("select count(*) from import_queue where name = $1", $"{id}.tar"));
    }

    [Fact]
    public async Task Two_archives_of_one_name_are_two_imports()
    {
        var (id, archive) = Archives.Notes();
        var newer = Archives.Notes(10, id).Archive;
        var one = await host.PostAsync($"{id}.tar", archive);
        var two = await host.PostAsync($"{id}.tar", newer);
        Assert.NotEqual(one.Import, two.Import);
        await host.CompletedAsync(one.Import!.Value);
        await host.CompletedAsync(two.Import!.Value);
    }

    [Fact]
    public async Task Only_a_token_that_a_nodes_secret_signed_for_just_this_opens()
    {
        var (id, archive) = Archives.Notes();
        var good = UploadHost.Claims($"{id}.tar", archive);
        Assert.Equal(401, (await host.HeadAsync("")).Status);
        Assert.Equal(401, (await host.HeadAsync(UploadHost.Sign(good, "another secret"))).Status);
        Assert.Equal(401, (await host.HeadAsync(UploadHost.Sign(good, Calls.Balancer.Secret))).Status);
        Assert.Equal(401, (await host.HeadAsync(UploadHost.Sign(good)[..^2])).Status);
        var none = UploadHost.Sign(good).Split('.');
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT"}""")).TrimEnd('=');
        Assert.Equal(401, (await host.HeadAsync($"{header}.{none[1]}.")).Status);
        foreach (var (claim, wrong) in new (string, JsonNode?)[]
        {
            ("aud", "analytics"), ("aud", null), ("sub", "../x.tar"), ("sub", ".x.tar"), ("sub", "x.txt"), ("sub", "a/b.tar"), ("sub", null),
            ("size", -1), ("size", 0), ("size", "10"), ("sha256", "xyz"), ("sha256", null), ("exp", null),
            ("exp", DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds()), ("exp", DateTimeOffset.UtcNow.AddDays(3).ToUnixTimeSeconds()),
        })
        {
            var claims = UploadHost.Claims($"{id}.tar", archive);
            claims[claim] = wrong;
            Assert.Equal(401, (await host.HeadAsync(UploadHost.Sign(claims))).Status);
            Assert.Equal(401, (await host.PostAsync(UploadHost.Sign(claims), new ByteArrayContent(archive))).Status);
        }

        Assert.Equal(200, (await host.HeadAsync(UploadHost.Sign(good))).Status);
    }

    [Fact]
    public async Task The_secret_of_a_removed_server_is_good_for_its_days()
    {
        var name = $"n{Guid.NewGuid():n}";
        var secret = $"secret of {name}";
        var server = await host.Balancer.RegisterAsync(name, $"http://127.0.0.1:9/{name}/bigbluebutton/api", secret);
        await host.Balancer.RemoveAsync(name);
        var (id, archive) = Archives.Notes();
        var token = UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive), secret);
        Assert.Equal(200, (await host.HeadAsync(token)).Status);
        await host.Balancer.Database.ExecuteAsync("update secret set valid_until = now() - interval '1 second' where owner = $1", server);
        Assert.Equal(401, (await host.HeadAsync(token)).Status);
    }

    [Fact]
    public async Task What_is_not_what_was_announced_is_refused_and_begins_anew()
    {
        var (id, archive) = Archives.Notes();
        var other = archive.ToArray();
        other[^2000] ^= 1;
        var token = UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive));
        Assert.Equal(422, (await host.PostAsync(token, new ByteArrayContent(other))).Status);
        Assert.Equal((200, 0L), Of(await host.HeadAsync(token)));
        Assert.Equal(422, (await host.PostAsync(token, new ByteArrayContent([.. archive, 0]))).Status);
        Assert.Equal((200, 0L), Of(await host.HeadAsync(token)));
        Assert.Equal(202, (await host.PostAsync(token, new ByteArrayContent(archive))).Status);
    }

    [Fact]
    public async Task An_archive_that_could_never_be_imported_is_refused_before_it_is_sent()
    {
        var claims = UploadHost.Claims("huge-1531155809613.tar", [1]);
        claims["size"] = 60_000_000;
        Assert.Equal(413, (await host.PostAsync(UploadHost.Sign(claims), new ByteArrayContent([1]))).Status);
    }

    [Fact]
    public async Task Two_requests_do_not_write_to_one_upload()
    {
        var (id, archive) = Archives.Notes(500_000);
        var token = UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive));
        using var first = await ConnectAsync(token, archive.Length);
        await first.GetStream().WriteAsync(archive.AsMemory(0, 100_000));
        await Eventually.HoldsAsync("the first one writes", async () => (await host.HeadAsync(token)).Offset == 100_000);
        Assert.Equal(423, (await host.PostAsync(token, new ByteArrayContent(archive[100_000..]), 100_000)).Status);
        await first.GetStream().WriteAsync(archive.AsMemory(100_000));
        await Eventually.HoldsAsync("the first one is done", async () => (await host.HeadAsync(token)).Status == 202);
    }

    private static (int, long?) Of(UploadReply reply) => (reply.Status, reply.Offset);

    private async Task SendAndBreakOffAsync(string token, byte[] archive, int bytes)
    {
        using var connection = await ConnectAsync(token, archive.Length);
        await connection.GetStream().WriteAsync(archive.AsMemory(0, bytes));
        await connection.GetStream().FlushAsync();
        await Eventually.HoldsAsync("what was sent has come", async () => (await host.HeadAsync(token)).Offset == bytes);
    }

    private async Task<TcpClient> ConnectAsync(string token, long length)
    {
        var origin = new Uri(host.Balancer.Origin);
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, origin.Port);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /recordings/upload HTTP/1.1\r\nHost: {origin.Authority}\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }
}
