using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.History;

/// <summary>
/// Follows the safe head of the log and stores the pool every so often, so that <see cref="PoolHistory"/> has little to fold. One process at a
/// time; one that is killed leaves the checkpoints that it had stored, and the next goes on from the last of them.
/// </summary>
public sealed partial class PoolCheckpointing(NpgsqlDataSource database, Settings settings, TimeProvider time, ILogger<PoolCheckpointing> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenTidying = TimeSpan.FromHours(1);

    // A stream is pruned when its day has been over for so long, and a little later at worst.
    private static readonly TimeSpan PrunedWithin = TimeSpan.FromDays(2);

    private readonly PoolCheckpoints _checkpoints = new(database);
    private readonly CheckpointTurn _turn = new(database, time);
    private CheckpointFold? _fold;
    private DateTimeOffset _tidyAt;
    private bool _failing;

    /// <summary>How many events there are between two checkpoints at most.</summary>
    internal int MostEvents { get; init; } = CheckpointFold.MostEvents;

    /// <summary>Looks once: stores what is due, at most one checkpoint.</summary>
    /// <returns>Whether there is more to be done at once.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        if (await _turn.TakeAsync(cancellation) is not { } safe)
        {
            _fold = null;
            return false;
        }

        var fold = _fold ?? await BeginAsync(safe, cancellation);

        // Until the events of this look are in it and stored, the state in memory is of no number.
        _fold = null;
        if (await fold.ReadAsync(safe, cancellation) is { } due) await _checkpoints.StoreAsync(due, cancellation);
        _fold = fold;
        return fold.Number < safe;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var pause = await TryAsync(stoppingToken);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            await GiveUpAsync();
        }
    }

    private async Task<CheckpointFold> BeginAsync(long safe, CancellationToken cancellation)
    {
        var (number, state) = await _checkpoints.NearestAsync(safe, cancellation);
        return new CheckpointFold(database, number, state, MostEvents);
    }

    /// <summary>Deletes checkpoints that nobody needs any more.</summary>
    internal async Task TidyAsync(CancellationToken cancellation)
    {
        await _checkpoints.DropOtherFormatsAsync(cancellation);
        if (settings.Keeping.Polls is { } kept) await _checkpoints.ThinAsync(time.GetUtcNow() - kept - PrunedWithin, MostEvents, cancellation);
    }

    private async Task<TimeSpan> TryAsync(CancellationToken cancellation)
    {
        try
        {
            var more = await LookAsync(cancellation);
            if (!more && _fold is not null && time.GetUtcNow() >= _tidyAt)
            {
                await TidyAsync(cancellation);
                _tidyAt = time.GetUtcNow() + BetweenTidying;
            }

            _failing = false;
            return more ? TimeSpan.Zero : Pause;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotFollow(log, failure);
            _failing = true;
            return PauseAfterFailure;
        }
    }

    private async Task GiveUpAsync()
    {
        try
        {
            await _turn.GiveUpAsync();
        }
        catch (NpgsqlException)
        {
            // Its lease ends by itself.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoints of the pool's history cannot be made; asking for the past takes longer until they are")]
        public static partial void CannotFollow(ILogger log, Exception failure);
    }
}
