using System.Collections.Concurrent;
using Scalelite.Api.Meetings;
using Scalelite.Projections.Meetings;

namespace Scalelite.Api.Calls;

/// <summary>
/// Lets a create wait for the outcome of another one that is placing the same meeting: in this process by a signal, in another
/// by looking at the location. Else the two could end on two servers.
/// </summary>
internal sealed class PlacingMeetings(LocationCache locations, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> placing = new();

    /// <summary>This process asks the node; disposing of the result says that the outcome is known.</summary>
    public IDisposable Begin(Guid instance)
    {
        var outcome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        placing[instance] = outcome;
        return new Placing(this, instance, outcome);
    }

    /// <summary>
    /// Waits until the location is live, gone, or has outlived its own create's deadline, whose process is dead then.
    /// </summary>
    /// <returns>Where the meeting is now; null where it is nowhere.</returns>
    public async Task<MeetingLocation?> OutcomeAsync(MeetingLocation location, DateTimeOffset until, CancellationToken cancellation)
    {
        var now = (MeetingLocation?)location;
        while (now is { Placing: true } && now.Instance == location.Instance && clock.GetUtcNow() is var time && time < until && time < now.Deadline)
        {
            if (placing.TryGetValue(location.Instance, out var outcome))
            {
                await Task.WhenAny(outcome.Task, Task.Delay(until - time, clock, cancellation));
            }
            else
            {
                await Task.Delay(Look, clock, cancellation);
                locations.Drop(location.TenantId, location.MeetingId);
            }

            now = await locations.FindAsync(location.TenantId, location.MeetingId, cancellation);
        }

        return now;
    }

    private sealed class Placing(PlacingMeetings all, Guid instance, TaskCompletionSource outcome) : IDisposable
    {
        public void Dispose()
        {
            all.placing.TryRemove(instance, out _);
            outcome.TrySetResult();
        }
    }
}
