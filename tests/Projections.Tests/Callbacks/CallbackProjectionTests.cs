using Scalelite.Domain.Callbacks;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Callbacks;

public sealed class CallbackProjectionTests : IAsyncLifetime
{
    private static readonly Guid Id = Guid.NewGuid();
    private PoolHistory _history = null!;

    public async Task InitializeAsync() => _history = await PoolHistory.CreateAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_callback_is_due_until_it_is_over_and_again_when_it_is_retried()
    {
        await _history.AppendAsync(new CallbackRegistered(Id, CallbackKind.RecordingReady, "t1", Id, "room", "rec-1", "f", "lms.example", "s", Given.At(1)));
        Assert.Equal(["waiting", 0, null, null, Given.At(1).UtcDateTime, null], await RowAsync());

        await _history.AppendAsync(new CallbackAttempted(Id, 1, 503, "answered 503", 5, Given.At(9), Given.At(2)));
        Assert.Equal(["waiting", 1, 503, "answered 503", Given.At(9).UtcDateTime, null], await RowAsync());

        await _history.AppendAsync(new CallbackAbandoned(Id, 2, null, "too late", Given.At(10)));
        Assert.Equal(["abandoned", 2, null, "too late", null, Given.At(10).UtcDateTime], await RowAsync());

        await _history.AppendAsync(new CallbackRetried(Id, Given.At(20)));
        Assert.Equal(["waiting", 2, null, "too late", Given.At(20).UtcDateTime, null], await RowAsync());

        await _history.AppendAsync(new CallbackDelivered(Id, 3, 410, 5, Given.At(21)));
        Assert.Equal(["delivered", 3, 410, "the target is gone", null, Given.At(21).UtcDateTime], await RowAsync());
    }

    private async Task<object?[]> RowAsync() => Assert.Single(await _history.Database.RowsAsync(
        "select state, attempts, last_status, last_outcome, due_at, ended_at from callback_queue where callback_id = $1", Id));
}
