using Scalelite.Domain.Callbacks;
using Xunit;

namespace Scalelite.Domain.Tests.Callbacks;

public sealed class CallbackTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly Guid Id = CallbackId.Of(Guid.Parse("01957000-0000-7000-8000-000000000001"), "rec-1");
    private static readonly Callback New = Callback.Create(new CallbackRegistered(
        Id, CallbackKind.RecordingReady, "", null, "room", "rec-1", "f", "lms.example", null, At));

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(299)]
    [InlineData(404)]
    [InlineData(410)]
    public void A_target_that_took_it_or_is_gone_ends_it(int status)
    {
        var delivered = Assert.IsType<CallbackDelivered>(Assert.Single(Answered(New, 1, status, At).Events));
        Assert.Equal((Id, 1, status, 5), (delivered.CallbackId, delivered.Attempt, delivered.Status, delivered.ElapsedMs));

        var over = New.Apply(delivered);
        Assert.Equal((CallbackState.Delivered, null), (over.State, over.DueAt));
        Assert.Empty(Answered(over, 2, 500, At).Events);
        Assert.NotNull(over.Retry(At).Refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(199)]
    [InlineData(301)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public void Anything_else_is_tried_again_after_ever_longer_pauses_for_a_day_and_then_given_up(int? status)
    {
        var (callback, at, pauses) = (New, At, new List<double>());
        while (Answered(callback, callback.Attempts + 1, status, at, chance: 0.5).Events[0] is CallbackAttempted failed)
        {
            pauses.Add((failed.NextAttemptAt - at).TotalSeconds);
            (callback, at) = (callback.Apply(failed), failed.NextAttemptAt);
        }

        Assert.Equal([1, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 3600], pauses.Take(11));
        Assert.Equal(At + Day, at);
        var over = Assert.IsType<CallbackAbandoned>(Answered(callback, callback.Attempts + 1, status, at).Events[0]);
        Assert.Contains($"tried {pauses.Count + 1} times", over.Reason, StringComparison.Ordinal);

        var retried = Assert.IsType<CallbackRetried>(Assert.Single(callback.Apply(over).Retry(at.AddDays(3)).Events));
        callback = callback.Apply(over).Apply(retried);
        var again = Assert.IsType<CallbackAttempted>(Answered(callback, callback.Attempts + 1, status, at.AddDays(3), chance: 0.5).Events[0]);
        Assert.Equal(at.AddDays(3).AddSeconds(1), again.NextAttemptAt);
    }

    [Fact]
    public void What_may_not_be_sent_at_all_is_given_up_at_once()
    {
        var decision = New.Answered(1, new CallbackAnswer(null, "lms.example is 127.0.0.1, which is this machine", 1, MayBeTriedAgain: false), Day, 0, At);
        Assert.Equal("lms.example is 127.0.0.1, which is this machine", Assert.IsType<CallbackAbandoned>(Assert.Single(decision.Events)).Reason);
    }

    [Fact]
    public void Only_the_next_attempt_counts_and_only_one_that_was_given_up_is_retried()
    {
        Assert.Empty(Answered(New, 2, 200, At).Events);
        Assert.Empty(Answered(New, 0, 200, At).Events);
        var waits = New.Apply((CallbackAttempted)Answered(New, 1, 500, At).Events[0]);
        Assert.Empty(Answered(waits, 1, 200, At).Events);
        Assert.Contains("is tried again at", waits.Retry(At).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Those_that_fail_together_do_not_come_back_together()
    {
        Assert.Equal(TimeSpan.FromSeconds(48), CallbackSchedule.Pause(4, 0));
        Assert.Equal(TimeSpan.FromSeconds(72), CallbackSchedule.Pause(4, 1));
        Assert.Equal(TimeSpan.FromHours(1), CallbackSchedule.Pause(1000, 0.5));
    }

    [Fact]
    public void What_an_import_tells_of_a_recording_has_one_id()
    {
        var import = Guid.NewGuid();
        Assert.Equal(CallbackId.Of(import, "rec-1"), CallbackId.Of(import, "rec-1"));
        Assert.NotEqual(CallbackId.Of(import, "rec-1"), CallbackId.Of(import, "rec-2"));
        Assert.NotEqual(CallbackId.Of(import, "rec-1"), CallbackId.Of(Guid.NewGuid(), "rec-1"));
        Assert.Equal(8, CallbackId.Of(import, "rec-1").Version);
    }

    [Theory]
    [InlineData("https://lms.example/ready?a=1", true)]
    [InlineData("HTTP://10.0.0.1:8080/", true)]
    [InlineData("http://[::1]/", true)]
    [InlineData("ftp://lms.example/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("//lms.example/", false)]
    [InlineData("/ready", false)]
    [InlineData("https:///ready", false)]
    [InlineData("https://lms.example/a\nb", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_callback_goes_to_http_and_https_only(string? url, bool isOne) => Assert.Equal(isOne, CallbackUrl.Read(url) is not null);

    private static Decision Answered(Callback callback, int attempt, int? status, DateTimeOffset at, double chance = 0.5) =>
        callback.Answered(attempt, new CallbackAnswer(status, $"answered {status}", 5), Day, chance, at);
}
