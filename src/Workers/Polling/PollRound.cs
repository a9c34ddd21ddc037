using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain.Polling;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Polling;

/// <summary>Polls every server now, whatever is due, and carries out here what follows: <c>scalelite poll --once</c>.</summary>
public sealed partial class PollRound(
    NpgsqlDataSource database,
    ServerPool pool,
    NodePolls polls,
    IDocumentStore store,
    IServiceScopeFactory scopes,
    Settings settings,
    ILogger<PollRound> log)
{
    /// <summary>Polls all servers, as many at once as POLLER_THREADS allows; one result each, in order of registration.</summary>
    public async Task<IReadOnlyList<PolledNode>> RunAsync(CancellationToken cancellation)
    {
        var results = new ConcurrentDictionary<string, object?>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            await RoundsAsync(cancellation),
            new ParallelOptions { MaxDegreeOfParallelism = settings.Polling.InFlight, CancellationToken = cancellation },
            async (poll, token) => results[poll.ServerId] = await PollAsync(poll, token));

        var servers = await pool.ListAsync(cancellation);
        return [.. servers.Where(s => results.ContainsKey(s.Id)).Select(s => Summary(s, results[s.Id]))];
    }

    private static PolledNode Summary(PoolServer server, object? result) => result switch
    {
        ServerPolled polled => new PolledNode(
            server, polled.Meetings.Count, polled.Meetings.Sum(m => m.Users), polled.Meetings.Sum(m => m.Videos), polled.ElapsedMs, null),
        ServerPollFailed failed => new PolledNode(server, 0, 0, 0, failed.ElapsedMs, failed.Reason),
        _ => new PolledNode(server, 0, 0, 0, 0, "polled by another process at the same time"),
    };

    private async Task<object?> PollAsync(PollServer poll, CancellationToken cancellation)
    {
        if (await polls.PollAsync(poll, cancellation) is not { } result) return null;
        try
        {
            await using var session = store.LightweightSession();
            session.SetHeader("actor", "operator");
            session.Events.Append(result.Stream, result.Event);
            await session.SaveChangesAsync(cancellation);
        }
        catch (Exception failure) when (IsTaken(failure))
        {
            return null;
        }

        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        await bus.ScheduleAsync(new PollServer(poll.ServerId, result.Round + 1), result.NextPollAt);
        foreach (var consequence in result.Consequences)
        {
            try
            {
                await bus.InvokeAsync(consequence, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                Log.NotCarriedOut(log, consequence.GetType().Name, poll.ServerId, failure);
            }
        }

        return result.Event;
    }

    /// <summary>The round's result is another process's.</summary>
    private static bool IsTaken(Exception? failure) =>
        failure is not null && ((failure as PostgresException)?.SqlState == PostgresErrorCodes.UniqueViolation || IsTaken(failure.InnerException));

    private async Task<List<PollServer>> RoundsAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select server_id, round + 1 from server_load order by next_poll_at");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var due = new List<PollServer>();
        while (await rows.ReadAsync(cancellation)) due.Add(new PollServer(rows.GetString(0), rows.GetInt64(1)));
        return due;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Message}, which follows from the poll of {Server}, failed; the next poll finds it again")]
        public static partial void NotCarriedOut(ILogger log, string message, string server, Exception failure);
    }
}

/// <summary>What one server's poll gave, for a person.</summary>
/// <param name="Server">With its state and health after the poll.</param>
/// <param name="Users">Moderators are users.</param>
/// <param name="Error">Null after a good poll.</param>
public sealed record PolledNode(PoolServer Server, int Meetings, int Users, int Videos, int ElapsedMs, string? Error);
