using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Workers.Tests.Keeping;

public sealed class HistoryKeeperTests
{
    [Fact]
    public async Task Workers_prune_by_themselves_once_an_hour_each_stream_once()
    {
        await using var log = await KeptLog.OpenAsync(configure: services => services.AddSingleton<TimeProvider>(new ShortHours()));
        for (var server = 0; server < 3; server++) await log.PollAsync($"s{server}", KeptLog.LongAgo, 1, 2);
        await log.SealAsync();

        for (var host = 0; host < 2; host++) await log.Pool.AddHostAsync();
        await Eventually.HoldsAsync("all is pruned", async () => await log.Database.ScalarAsync<long>("select count(*) from mt_streams where id like 'polls-%'") == 0);

        Assert.Equal(3, (await log.EventsAsync<StreamPruned>(Streams.Log)).Length);
        Assert.Equal(3, await log.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'server_day_rolled_up' and headers ->> 'actor' = 'retention'"));
    }

    /// <summary>The real clock, whose timers of an hour ring after a moment.</summary>
    private sealed class ShortHours : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Short(dueTime), Short(period));

        private static TimeSpan Short(TimeSpan time) => time == TimeSpan.FromHours(1) ? TimeSpan.FromMilliseconds(100) : time;
    }
}
