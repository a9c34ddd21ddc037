using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class ServerCheckTests(Commands commands) : IClassFixture<Commands>, IAsyncLifetime
{
    private SimulatedPool _pool = null!;

    public async Task InitializeAsync() => _pool = await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = 1, ControlPort = null, Version = "3.0.19" });

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task A_node_that_is_fine_passes_every_part_and_keeps_no_meeting()
    {
        var id = await AddAsync(_pool.Nodes[0].Secret);

        var ran = await commands.RunAsync("servers", "check", id, "--json");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var parts = JsonDocument.Parse(ran.Out).RootElement.EnumerateArray().ToList();
        Assert.Equal(["api", "secret", "version", "clock", "latency", "meeting"], parts.Select(part => part.GetProperty("name").GetString()));
        Assert.DoesNotContain(parts, part => part.GetProperty("verdict").GetString() == "failed");
        Assert.Contains("BigBlueButton 3.0.19", ran.Out, StringComparison.Ordinal);
        Assert.Empty(_pool.Nodes[0].Meetings);
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from meeting_instance where server_id = $1", id));
    }

    [Fact]
    public async Task A_probe_that_a_poll_sees_counts_for_nothing_and_is_adopted_by_nobody()
    {
        var id = await AddAsync(_pool.Nodes[0].Secret);
        await using var host = await commands.HostAsync();
        var probes = host.Services.GetRequiredService<Scalelite.Workers.Servers.ProbeMeetings>();
        await CreateOnNodeAsync("scalelite-probe-1", probes.MarkOf("scalelite-probe-1"));
        await CreateOnNodeAsync("scalelite-probe-2", "forged");

        await commands.RunAsync("poll", "--once");

        Assert.Equal("scalelite-probe-2", await commands.Database.ScalarAsync<string>(
            "select string_agg(meeting_id, ',') from polled_meeting where server_id = $1", id));
    }

    [Fact]
    public async Task A_wrong_secret_is_told_and_the_server_is_not_enabled()
    {
        var id = await AddAsync("not-its-secret");

        var check = await commands.RunAsync("servers", "check", id);
        var enable = await commands.RunAsync("servers", "enable", id);

        Assert.Equal(1, check.Code);
        Assert.Contains("secret refused", check.Out, StringComparison.Ordinal);
        Assert.Equal(1, enable.Code);
        Assert.Contains("Not enabled: secret: secret refused", enable.Error, StringComparison.Ordinal);
        Assert.Equal("disabled", await StateAsync(id));
        Assert.Equal(0, (await commands.RunAsync("servers", "enable", id, "--no-check")).Code);
        Assert.Equal("enabled", await StateAsync(id));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_told_and_not_enabled()
    {
        var added = await commands.RunAsync("servers", "add", "http://127.0.0.1:1/bigbluebutton/api", "s", "--json");
        var id = JsonDocument.Parse(added.Out).RootElement.GetProperty("id").GetString()!;

        var ran = await commands.RunAsync("servers", "enable", id);

        Assert.Equal(1, ran.Code);
        Assert.Contains("Not enabled: api:", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_server_is_told() => Assert.Equal(1, (await commands.RunAsync("servers", "check", "nobody")).Code);

    [Fact]
    public async Task A_server_is_removable_once_it_is_drained_and_every_archive_has_arrived()
    {
        var id = await AddAsync(_pool.Nodes[0].Secret);
        await commands.RunAsync("servers", "enable", id, "--no-check");
        Assert.Equal((1, true), await WaitsForAsync(id, "it takes meetings"));
        var instance = await PlaceAsync(id);
        await commands.RunAsync("servers", "cordon", id);
        Assert.Equal((1, true), await WaitsForAsync(id, "a meeting on it"));
        await AppendAsync(Streams.Meeting(instance), new MeetingEnded(instance, id, EndLearned.EndCall, DateTimeOffset.UtcNow, 0, 0, [], DateTimeOffset.UtcNow));
        commands.Environment["RECORDING_SPOOL_DIR"] = Path.GetTempPath();
        try
        {
            Assert.Equal((1, true), await WaitsForAsync(id, $"the archives of internal-{id}"));
            var status = JsonDocument.Parse((await commands.RunAsync("status", "--json")).Out).RootElement.EnumerateArray().Single(row => row.GetProperty("id").GetString() == id);
            Assert.Equal(
                (false, $"the archives of internal-{id}"),
                (status.GetProperty("removable").GetBoolean(), status.GetProperty("waits_for").EnumerateArray().Single().GetString()));
            Assert.Contains($"the archives of internal-{id}", (await commands.RunAsync("status", "--wide")).Out, StringComparison.Ordinal);
            Assert.DoesNotContain($"internal-{id}", (await commands.RunAsync("status")).Out, StringComparison.Ordinal);
            var refused = await commands.RunAsync("servers", "remove", id, "--yes");
            Assert.Equal(1, refused.Code);
            Assert.Contains($"internal-{id}", refused.Error, StringComparison.Ordinal);

            commands.Environment["RECORDING_WAIT_DAYS"] = "0";
            Assert.Equal((0, true), await WaitsForAsync(id, "yes"));
            Assert.Equal(0, (await commands.RunAsync("servers", "remove", id, "--yes")).Code);
        }
        finally
        {
            commands.Environment.Remove("RECORDING_WAIT_DAYS");
            commands.Environment.Remove("RECORDING_SPOOL_DIR");
        }
    }

    [Fact]
    public async Task A_meeting_is_ended_on_its_node_and_of_several_the_unknown_one_ends_none()
    {
        var id = await AddAsync(_pool.Nodes[0].Secret);
        await commands.RunAsync("servers", "enable", id, "--no-check");
        var (one, other) = ($"room-{await PlaceAsync(id)}", $"room-{Guid.NewGuid()}");
        foreach (var meeting in new[] { one, other }) _pool.Nodes[0].StartMeeting(meeting);

        var unknown = await commands.RunAsync("meetings", "end", one, "never-was", "--yes");
        Assert.Equal((1, "Couldn't find meeting with id=never-was"), (unknown.Code, unknown.Error.Trim()));
        Assert.NotNull(_pool.Nodes[0].Meeting(one));

        var ran = await commands.RunAsync("meetings", "end", one, "--yes");

        Assert.Equal((0, $"{one}: ended"), (ran.Code, ran.Out.Trim()));
        Assert.Null(_pool.Nodes[0].Meeting(one));
        Assert.NotNull(_pool.Nodes[0].Meeting(other));
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from meeting_location where meeting_id = $1", one));
    }

    [Fact]
    public async Task Servers_are_polled_again_and_again_until_it_is_told_to_stop()
    {
        var id = await AddAsync(_pool.Nodes[0].Secret);
        commands.Environment["POLL_INTERVAL"] = "0.2";
        try
        {
            using var stop = new CancellationTokenSource();
            await using var output = new StringWriter();
            var polling = Scalelite.Api.CommandLine.ScaleliteCommand.RunAsync(["poll"], output, output, commands.Sources(), stop.Token);
            await Eventually.HoldsAsync(
                "it polled three times",
                async () => await commands.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'server_polled' and starts_with(stream_id, $1)", $"polls-{id}-") >= 3);
            await stop.CancelAsync();

            Assert.Equal(0, await polling);
            Assert.Contains("servers polled", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            commands.Environment.Remove("POLL_INTERVAL");
        }
    }

    private async Task<(int Code, bool Said)> WaitsForAsync(string id, string what)
    {
        var ran = await commands.RunAsync("servers", "removable", id);
        return (ran.Code, ran.Out.Contains(what, StringComparison.Ordinal));
    }

    private async Task<string> AddAsync(string secret)
    {
        var node = _pool.Nodes[0];
        var ran = await commands.RunAsync("servers", "add", node.Url, secret, "--json");
        return JsonDocument.Parse(ran.Out).RootElement.GetProperty("id").GetString()!;
    }

    private Task<string?> StateAsync(string id) => commands.Database.ScalarAsync<string>("select state from server where id = $1", id);

    private async Task CreateOnNodeAsync(string meetingId, string mark)
    {
        await using var host = await commands.HostAsync();
        var node = _pool.Nodes[0];
        var reply = await host.Services.GetRequiredService<Scalelite.BigBlueButton.Nodes.NodeApi>().CreateAsync(
            new Scalelite.BigBlueButton.Nodes.NodeAddress("n", node.Url, node.Secret),
            new Scalelite.BigBlueButton.Parameters.QueryParameters { { "name", "probe" }, { "meetingID", meetingId }, { "meta_scalelite-probe", mark } },
            null,
            new Scalelite.BigBlueButton.Nodes.NodeTimeouts(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)),
            CancellationToken.None);
        Assert.Null(reply.Failure);
    }

    private async Task<Guid> PlaceAsync(string serverId)
    {
        var (instance, now) = (Guid.NewGuid(), DateTimeOffset.UtcNow);
        await AppendAsync(
            Streams.Meeting(instance),
            Meeting.Place(
                instance, "", $"room-{instance}", serverId, "Room", null, true, new Dictionary<string, string>(), new PlacementReason("test", "told", null, 1, [], 1), now, now),
            new MeetingStarted(instance, serverId, $"internal-{serverId}", 1, null, false, null, 1, now));
        return instance;
    }

    private async Task AppendAsync(string stream, params object[] events)
    {
        await using var host = await commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }
}
