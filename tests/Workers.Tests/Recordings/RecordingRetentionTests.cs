using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Tenants;
using Scalelite.Testing;
using Scalelite.Workers.Recordings;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

public sealed class RecordingRetentionTests
{
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Each_tenants_recordings_are_kept_as_long_as_it_says_else_as_the_setting_says()
    {
        await using var library = await RecordingLibrary.OpenAsync(retention: TimeSpan.FromDays(30));
        var (shorter, longer, silent) = (await TenantAsync(library, 5), await TenantAsync(library, 100), await TenantAsync(library, null));
        var gone = new[]
        {
            await library.ImportAsync("gone-1", endedAt: _now.AddDays(-31)),
            await library.ImportAsync("gone-2", shorter, _now.AddDays(-6)),
            await library.ImportAsync("gone-3", longer, _now.AddDays(-101)),
            await library.ImportAsync("gone-4", silent, _now.AddDays(-40)),
        };
        var kept = new[]
        {
            await library.ImportAsync("kept-1", endedAt: _now.AddDays(-29)),
            await library.ImportAsync("kept-2", shorter, _now.AddDays(-4)),
            await library.ImportAsync("kept-3", longer, _now.AddDays(-90)),
            await library.ImportAsync("kept-4", silent, _now.AddDays(-29)),
            // Its archive knew no end.
            await library.ImportAsync("kept-5", endedAt: DateTimeOffset.UnixEpoch),
        };
        var retention = library.Get<RecordingRetention>();

        var expired = await retention.ExpiredAsync(default).ToListAsync();
        Assert.Equal(["gone-3", "gone-4", "gone-1", "gone-2"], expired.Select(one => one.RecordId));
        Assert.All(gone, id => Assert.Equal("published", library.Where(id)));

        Assert.Equal(4, await retention.ExpireAsync(RecordingLibrary.By, null, default));
        Assert.All(gone, id => Assert.Equal("", library.Where(id)));
        Assert.All(kept, id => Assert.Equal("published", library.Where(id)));
        var deleted = (await library.Pool.EventsAsync(Streams.Recording("gone-2"))).OfType<RecordingDeleted>().Single();
        Assert.Equal("kept for 5 days after the meeting's end", deleted.Why);
        Assert.Equal(0, await retention.ExpireAsync(RecordingLibrary.By, null, default));
    }

    [Fact]
    public async Task Without_a_time_nothing_is_deleted_and_with_one_the_workers_see_to_it()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        await library.ImportAsync("old", endedAt: _now.AddYears(-9));
        Assert.Equal(0, await library.Get<RecordingRetention>().ExpireAsync(RecordingLibrary.By, null, default));

        await using var strict = await RecordingLibrary.OpenAsync(retention: TimeSpan.FromDays(30));
        await strict.ImportAsync("old", endedAt: _now.AddDays(-31));
        await strict.ImportAsync("new", endedAt: _now.AddDays(-29));
        await strict.Pool.AddHostAsync();

        await Eventually.HoldsAsync("the old one is deleted", () => strict.Where("old").Length == 0);
        Assert.Equal("published", strict.Where("new"));
    }

    private async Task<string> TenantAsync(RecordingLibrary library, int? days)
    {
        var id = Guid.NewGuid().ToString();
        await library.Pool.AppendAsync(
            Streams.Tenant(id), new TenantAdded(id, $"t{id[..8]}", [], _now), new TenantRetentionSet(id, days, _now));
        return id;
    }
}
