using Scalelite.Api.Playback;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>How often playback asks PostgreSQL, and that it never plays by what is out of date.</summary>
public sealed class LookUpTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    [Fact]
    public async Task What_this_instance_unpublishes_is_gone_at_once()
    {
        var id = await shared.Shelf.AddAsync(isProtected: false);
        var formats = shared.Balancer.Service<PlayableFormats>();

        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(200, (await shared.GetAsync($"/video/{id}/")).Status);
            await shared.Shelf.HappensAsync(id, new RecordingUnpublished(id, DateTimeOffset.UtcNow));
            formats.Drop(id);
            Assert.Equal(404, (await shared.GetAsync($"/video/{id}/")).Status);
            await shared.Shelf.HappensAsync(id, new RecordingPublished(id, DateTimeOffset.UtcNow));
            formats.Drop(id);
        }

        Assert.Equal(200, (await shared.GetAsync($"/video/{id}/")).Status);
        await shared.Shelf.HappensAsync(id, new RecordingProtected(id, true, DateTimeOffset.UtcNow));
        formats.Drop(id);
        Assert.Equal(404, (await shared.GetAsync($"/video/{id}/")).Status);
    }

    [Fact]
    public async Task A_recording_is_looked_up_once_for_all_who_ask_at_once_and_not_played_while_PostgreSQL_is_away()
    {
        var id = await shared.Shelf.AddAsync();
        await using var wire = new DatabaseWire(shared.Balancer.Database.ConnectionString + ";Maximum Pool Size=20");
        await using var balancer = await shared.StartAsync(settings => settings with { Database = new DatabaseSettings { ConnectionString = wire.ConnectionString } });
        await balancer.Lms.GetUrlAsync("/video/unknown/");
        var before = wire.RoundTrips;

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => balancer.Lms.GetUrlAsync($"/video/{id}/")));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.InRange(wire.RoundTrips - before, 1, 4);

        wire.Cut();
        balancer.Service<PlayableFormats>().Drop(id);
        var away = await balancer.Lms.GetUrlAsync($"/video/{id}/");
        Assert.Equal(503, away.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), away.Headers.RetryAfter?.Delta);
        Assert.Contains("Please try again", away.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await balancer.Lms.GetUrlAsync("/video/%00/")).Status);

        wire.Mend();
        Assert.Equal(200, (await balancer.Lms.GetUrlAsync($"/video/{id}/")).Status);
    }
}
