using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Scalelite.Workers.History;

/// <summary>
/// Follows the safe head of the log and stores the pool every so often, so that <see cref="PoolHistory"/> has little to fold. One process at a
/// time; one that is killed leaves the checkpoints that it had stored, and the next goes on from the last of them.
/// </summary>
internal sealed partial class PoolCheckpointing(NpgsqlDataSource database, TimeProvider time, ILogger<PoolCheckpointing> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(15);

    private readonly PoolCheckpoints _checkpoints = new(database);
    private readonly CheckpointTurn _turn = new(database, time);
    private CheckpointFold? _fold;
    private bool _failing;

    /// <summary>How many events there are between two checkpoints at most.</summary>
    internal int MostEvents { get; init; } = CheckpointFold.MostEvents;

    /// <summary>Looks once: stores what is due, at most one checkpoint.</summary>
    /// <returns>Whether there is more to be done at once.</returns>
    internal async Task<bool> LookAsync(CancellationToken cancellation)
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

    private async Task<TimeSpan> TryAsync(CancellationToken cancellation)
    {
        try
        {
            var more = await LookAsync(cancellation);
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
