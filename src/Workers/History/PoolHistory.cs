using Npgsql;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>
/// The pool as it was at any moment, folded from the checkpoint before it. A moment means the events up to the last safe number whose timestamp
/// is not after it.
/// </summary>
public sealed class PoolHistory(NpgsqlDataSource database, TimeProvider time)
{
    private readonly PoolCheckpoints _checkpoints = new(database);
    private readonly PoolEventReader _events = new(database);
    private readonly PoolNumbers _numbers = new(database, time);
    private readonly PastMinutes _minutes = new(database);

    /// <summary>The pool at a moment; one in the future is now.</summary>
    public async Task<PoolMoment> AtAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        at = (at < now ? at : now).ToUniversalTime();
        var (number, numberAt) = await _numbers.AtAsync(at, cancellation);
        var (after, state) = await _checkpoints.NearestAsync(number, cancellation);
        await _events.ApplyAsync(state, after, number, cancellation);
        return new PoolMoment(state, at, number, numberAt, await _minutes.FindAsync(state, at, cancellation));
    }

    /// <summary>The pool after the events up to a number of the log.</summary>
    public async Task<PoolState> AfterAsync(long number, CancellationToken cancellation)
    {
        var (after, state) = await _checkpoints.NearestAsync(number, cancellation);
        await _events.ApplyAsync(state, after, number, cancellation);
        return state;
    }

    /// <summary>The pool at one moment, and its events up to another.</summary>
    public async Task<PoolReplay> ReplayAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var start = await AtAsync(from, cancellation);
        var (upTo, _) = await _numbers.AtAsync(to, cancellation);
        return new PoolReplay(start, Math.Max(upTo, start.Number), _events.ReadAsync(start.Number, upTo, cancellation));
    }
}
