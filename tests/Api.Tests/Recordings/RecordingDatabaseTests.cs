using Npgsql;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>What listing recordings asks of PostgreSQL.</summary>
public sealed class RecordingDatabaseTests
{
    [Fact]
    public async Task A_list_waits_for_PostgreSQL_once_however_long_it_is()
    {
        DatabaseWire? wire = null;
        await using (var host = await RecordingHost.StartAsync(settings =>
        {
            wire = new DatabaseWire(settings.Database.ConnectionString!);
            return settings with { Database = new DatabaseSettings { ConnectionString = wire.ConnectionString } };
        }))
        {
            var ids = new List<string>();
            for (var n = 0; n < 12; n++) ids.Add(await host.ImportAsync(meetingId: $"room {n % 2}", metadata: [("a", "b"), ("c", $"{n}")]));
            await host.Balancer.AppendAsync(Streams.Recording(ids[0]), new RecordingProtected(ids[0], true, DateTimeOffset.UtcNow));
            foreach (var query in new[]
            {
                "", "limit=5", "limit=5&offset=5", "meetingID=room 0", "meetingID=room 0&limit=2", $"recordID={string.Join(',', ids)}", $"recordID={ids[0]}",
                "meta_a=b", "meta_a=b&meta_c=1&limit=10", "meta_a=b%25&limit=10", "meta_a=%25b", "state=any", "meetingID=nobody",
            })
            {
                var least = int.MaxValue;
                for (var n = 0; n < 4; n++)
                {
                    var before = wire!.RoundTrips;
                    Assert.Equal("SUCCESS", (await host.Lms.GetAsync("getRecordings", query.Replace(" ", "%20", StringComparison.Ordinal))).Code);
                    least = Math.Min(least, wire.RoundTrips - before);
                }

                Assert.Equal((query, 1), (query, least));
            }
        }

        await wire!.DisposeAsync();
    }

    [Fact]
    public async Task A_list_writes_nothing_protected_recordings_included()
    {
        await using var host = await RecordingHost.StartAsync();
        var id = await host.ImportAsync(metadata: [("a", "b")]);
        await host.ImportAsync(id, format: "video", metadata: [("a", "b")]);
        await host.Balancer.AppendAsync(Streams.Recording(id), new RecordingProtected(id, true, DateTimeOffset.UtcNow));
        await host.Balancer.Database.ExecuteAsync($"alter database \"{host.Balancer.Database.Name}\" set default_transaction_read_only = on");
        host.Balancer.Service<NpgsqlDataSource>().Clear();
        var refused = await host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_a=c");

        Assert.Equal("internalError", refused.Key);
        foreach (var query in new[] { "", "limit=1", $"recordID={id}", "meetingID=room", "meta_a=b&meta_a=%25b", "state=any" })
        {
            var reply = await host.Lms.GetAsync("getRecordings", query);
            Assert.Equal([id], RecordingHost.Ids(reply));
            Assert.Contains("?token=", reply.Text, StringComparison.Ordinal);
        }
    }
}
