using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Workers.Meetings;

namespace Scalelite.Workers.Placement;

/// <summary>
/// Places meetings. The creates that wait are placed together: one transaction takes the placement lock and reads, decides
/// each in turn, writes and commits: two round trips, however many wait (design: placing is serial and batched).
/// </summary>
public sealed partial class Placer(
    NpgsqlDataSource database, IDocumentStore store, PlacerOptions options, TimeProvider clock, ILogger<Placer> log) : BackgroundService
{
    private const int Waiting = 10_000;
    private const int Together = 256;
    private const int Tries = 3;

    // idle_in_transaction_session_timeout, which Npgsql has no name for.
    private const string IdleTooLong = "25P03";

    private readonly PlacementSettings settings = new(
        PlacementPolicies.ByName(options.Policy) ?? throw new ArgumentException($"There is no placement policy '{options.Policy}'", nameof(options)),
        options.MinimumUsers,
        options.UntaggedMayUseTagged);

    private readonly Channel<Order> orders = Channel.CreateBounded<Order>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Decides where the meeting goes, and reserves it there before this returns.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL is away, or another instance holds the lock too long; nothing was reserved.</exception>
    public async Task<PlacementResult> PlaceAsync(PlacementOrder order, CancellationToken cancellation)
    {
        var waiting = new Order(order, new TaskCompletionSource<PlacementResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        await orders.Writer.WriteAsync(waiting, cancellation);
        return await waiting.Result.Task;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Order>(Together);
        try
        {
            // Placing nothing first: the code is compiled and a connection stands before the first caller waits for them.
            await PlaceTogetherAsync([], stoppingToken);
            while (await orders.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                while (batch.Count < Together && orders.Reader.TryRead(out var order))
                {
                    batch.Add(order);
                }

                await PlaceTogetherAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Those that wait are told below.
        }
        finally
        {
            orders.Writer.TryComplete();
            while (orders.Reader.TryRead(out var order))
            {
                order.Result.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private async Task PlaceTogetherAsync(List<Order> batch, CancellationToken cancellation)
    {
        try
        {
            var results = await RetryAsync(batch, cancellation);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Result.TrySetResult(results[i]);
            }
        }
        catch (Exception one) when (batch.Count > 1 && Refusal(one) is not null)
        {
            // Whatever PostgreSQL refuses of one of them is not the others' fault.
            foreach (var order in batch)
            {
                await PlaceTogetherAsync([order], cancellation);
            }
        }
#pragma warning disable CA1031 // Whatever it was, each create that waited is told, and the next batch is placed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.BatchFailed(log, batch.Count, failure);
            foreach (var order in batch)
            {
                order.Result.TrySetException(failure);
            }
        }
    }

    /// <summary>
    /// Decides; anew where another writer of a run was first (a poll that saw its meeting, an <c>end</c>, an operator), or where the
    /// transaction was ended because this process or another was slow. Where that one was committed all the same, the next finds its meetings placed.
    /// </summary>
    private async Task<PlacementResult[]> RetryAsync(List<Order> batch, CancellationToken cancellation)
    {
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                return await DecideAsync(batch, cancellation);
            }
            catch (Exception lost) when (left > 0 && MayPass(lost))
            {
                Log.DecidedAnew(log, batch.Count, lost.Message);
                if (WaitedInVain(lost))
                {
                    await PlacementLock.BreakAsync(database, cancellation);
                }
            }
        }
    }

    /// <summary>The code by which PostgreSQL refused a statement; null where it is away.</summary>
    private static string? Refusal(Exception? failure) => failure switch
    {
        null => null,
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } lost => lost.SqlState,
        PostgresException { IsTransient: false } refused => refused.SqlState,
        _ => Refusal(failure.InnerException),
    };

    /// <summary>Another instance held the lock for two seconds.</summary>
    private static bool WaitedInVain(Exception? failure) => failure switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => true,
        _ => WaitedInVain(failure.InnerException),
    };

    /// <summary>Not where PostgreSQL cannot be reached: its callers are told at once.</summary>
    private static bool MayPass(Exception? failure) => failure switch
    {
        null => false,
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException or IOException => true,
        PostgresException refused => refused.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or IdleTooLong or PostgresErrorCodes.AdminShutdown,
        _ => MayPass(failure.InnerException),
    };

    private async Task<PlacementResult[]> DecideAsync(List<Order> batch, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var view = await PlacementView.TakeAsync(transaction, Ask(batch), cancellation);

        var deciding = new PlacementSession(view, settings, options, Seed());
        var results = new PlacementResult[batch.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = deciding.Decide(batch[i].Asked);
        }

        if (deciding.Changes.Count > 0)
        {
            await AppendAsync(transaction, deciding, view.Turn, batch, cancellation);
        }

        return results;
    }

    private async Task AppendAsync(
        NpgsqlTransaction transaction, PlacementSession decided, long turn, List<Order> batch, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.CorrelationId = batch.Count == 1 ? batch[0].Asked.RequestId : null;
        session.SetHeader("actor", "bbb-api");
        foreach (var (instance, starts, decidedEvent, callbacks) in decided.Changes)
        {
            // A run that is over for its callers takes its size along; that is rare enough to be read apart.
            var @event = decidedEvent is MeetingEnded ended ? await WithSizeAsync(ended, cancellation) : decidedEvent;
            if (starts)
            {
                session.Events.StartStream(Streams.Meeting(instance), @event);
            }
            else
            {
                session.Events.Append(Streams.Meeting(instance), @event);
            }

            foreach (var store in callbacks?.Store(instance) ?? []) session.QueueSqlCommand(store.Sql, store.Values);
        }

        if (decided.Placements > 0)
        {
            session.QueueSqlCommand("select setval('placement_turn', ?)", turn + decided.Placements);
        }

        await session.SaveChangesAsync(cancellation);
    }

    private async Task<MeetingEnded> WithSizeAsync(MeetingEnded ended, CancellationToken cancellation)
    {
        var curve = await MeetingCurves.ReadAsync(database, ended.Instance, ended.ServerId, cancellation);
        return ended with { PeakUsers = curve.Peak, MeanUsers = curve.Mean, Curve = curve.Points };
    }

    private PlacementQuestion Ask(List<Order> batch)
    {
        var meetingIds = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        var tenantIds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (order, _) in batch)
        {
            if (meetingIds.Add(order.MeetingId))
            {
                numbers.UnionWith(options.NumbersOf(order));
            }

            if (order.TenantId.Length > 0)
            {
                tenantIds.Add(order.TenantId);
            }
        }

        return new PlacementQuestion(meetingIds, numbers, tenantIds, options.MinimumUsers, clock.GetUtcNow() - options.JoinBuffer);
    }

    private static ulong Seed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private sealed record Order(PlacementOrder Asked, TaskCompletionSource<PlacementResult> Result);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Creates} creates are placed anew: {Why}")]
        public static partial void DecidedAnew(ILogger logger, int creates, string why);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Creates} creates could not be placed")]
        public static partial void BatchFailed(ILogger logger, int creates, Exception failure);
    }
}
