using Scalelite.Api.AdminV1;
using Scalelite.Domain.AdminTokens;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>A host whose tokens may make five calls a minute.</summary>
public sealed class SlowV1Host : V1Host
{
    private protected override int Rate => 5;
}

/// <summary>How often one may call.</summary>
public sealed class RateTests(SlowV1Host host) : IClassFixture<SlowV1Host>
{
    [Fact]
    public async Task A_token_that_calls_too_often_waits_and_others_do_not()
    {
        var busy = await host.IssueAsync(AdminRole.Viewer);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => host.SendAsAsync($"Bearer {busy.Token}", "GET", "/tenants")));

        Assert.InRange(answers.Count(answer => answer.Status == 200), 5, 8);
        var refused = answers.First(answer => answer.Status != 200);
        Assert.Equal((429, "too-many-requests"), (refused.Status, refused.Problem));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 12);
        Assert.Equal(200, (await host.GetAsync("/tenants", AdminRole.Operator)).Status);
    }

    [Fact]
    public async Task An_address_that_guesses_is_told_to_wait_and_a_right_token_from_there_is_let_in()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => host.SendAsAsync($"Bearer slt_{i}", "GET", "/tenants")));

        Assert.Contains(answers, answer => answer.Status == 401);
        var refused = answers.First(answer => answer.Status != 401);
        Assert.Equal((429, "too-many-requests"), (refused.Status, refused.Problem));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(200, (await host.GetAsync("/tenants", AdminRole.Admin)).Status);
    }

    [Fact]
    public void Calls_come_back_with_time_and_no_more_than_a_minute_of_them()
    {
        var clock = new HandClock();
        var rate = new CallRate<string>(60, clock);
        for (var i = 0; i < 60; i++) Assert.Null(rate.Take("a"));
        Assert.Equal(1, rate.Take("a")!.Value.TotalSeconds, 3);
        Assert.Null(rate.Take("b"));

        clock.Pass(TimeSpan.FromSeconds(2.01));
        Assert.Null(rate.Take("a"));
        Assert.Null(rate.Take("a"));
        Assert.NotNull(rate.Take("a"));

        clock.Pass(TimeSpan.FromHours(1));
        for (var i = 0; i < 60; i++) Assert.Null(rate.Take("a"));
        Assert.NotNull(rate.Take("a"));
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
