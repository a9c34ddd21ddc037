using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.EventLog;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>
/// Reads the story of a run: its stream, the streams of the servers that had it, and the rows that its ids lead to. Nothing is looked for in the log:
/// every statement goes by an index.
/// </summary>
internal sealed class StoryReader(NpgsqlDataSource database, IDocumentStore store, PoolHistory pool, Func<EventRow, IEvent> read)
{
    /// <summary>What happened to the servers of a meeting while it was there; a stream of a server is short, but for one that comes and goes all day.</summary>
    internal const string ServerEventsSql =
        """
        select seq_id, id, stream_id, version, type, data::text, timestamp, correlation_id, causation_id, headers::text
        from mt_events where stream_id = any($1) and timestamp >= $2 and timestamp <= $3 and is_archived is not true
        order by seq_id limit 200
        """;

    private static readonly DateTimeOffset Always = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The story.</summary>
    public async Task<MeetingStory> ReadAsync(KnownRun run, CancellationToken cancellation)
    {
        IReadOnlyList<IEvent> events;
        await using (var session = store.LightweightSession())
        {
            events = await session.Events.FetchStreamAsync(Streams.Meeting(run.Instance), token: cancellation);
        }

        var internalIds = InternalIds(events);
        var rows = await StoryRows.ReadAsync(
            database, run, [.. internalIds.Select(id => id.InternalId)], [.. ServersOf(events).Append(run.ServerId).Distinct()], [.. ChosenAt(events)], cancellation);
        var chosenFrom = await ChosenFrom.ReadAsync(pool, events, cancellation);
        string NameOf(string serverId) => rows.Hosts.GetValueOrDefault(serverId) ?? chosenFrom.HostOf(serverId) ?? serverId;

        var telling = new StoryTelling(NameOf);
        var steps = events.Select(telling.Tell).Select(step => Together(step, rows, NameOf)).Select(step => chosenFrom.Complete(step, NameOf)).ToList();
        await foreach (var step in ServerStepsAsync(run, events, telling, cancellation)) steps.Add(step);
        return new MeetingStory(
            run.Instance, run.MeetingId, run.TenantId, rows.Tenant, rows.Name, run.State, run.ServerId, NameOf(run.ServerId), rows.VoiceBridge, rows.Record,
            rows.IsBreakout, rows.ParentMeetingId, rows.Adopted, rows.Moves, run.PlacedAt, rows.StartedAt, run.EndedAt, rows.How, Asked(events),
            [.. internalIds.Select(id => new StoryInternalId(id.InternalId, id.ServerId, NameOf(id.ServerId)))],
            Size(events) ?? rows.Size,
            rows.Joins.Sum(joins => (long)joins.Joins),
            [.. rows.Joins.Select(joins => new StoryJoins(joins.Minute, joins.ServerId, NameOf(joins.ServerId), joins.Joins))],
            [.. steps.OrderBy(step => step.At).ThenBy(step => step.Number)],
            rows.Recordings,
            rows.Callbacks,
            [.. rows.Runs.Select(other => new StoryRun(other.Instance, other.ServerId, NameOf(other.ServerId), other.State, other.PlacedAt, other.EndedAt))]);
    }

    private static StoryAsking? Asked(IReadOnlyList<IEvent> events) => events.FirstOrDefault(e => e.Data is MeetingPlaced) is { Data: MeetingPlaced first } placed
        ? new StoryAsking(first.At, placed.Headers?.GetValueOrDefault("actor") as string, first.RequestId ?? placed.CorrelationId, first.SignerFingerprint)
        : null;

    private static StorySize? Size(IReadOnlyList<IEvent> events) => events.Select(e => e.Data).OfType<MeetingEnded>().LastOrDefault() is { PeakUsers: > 0 } ended
        ? new StorySize(ended.PeakUsers, ended.MeanUsers, ended.Curve)
        : null;

    private static List<(string InternalId, string ServerId)> InternalIds(IReadOnlyList<IEvent> events) => [.. events.SelectMany(e => e.Data switch
    {
        MeetingStarted s => [(s.InternalMeetingId, s.ServerId)],
        MeetingAdopted a => [(a.InternalMeetingId, a.ServerId)],
        MeetingMoved m => Both((m.LeftInternalMeetingId, m.FromServerId), (m.InternalMeetingId, m.ToServerId)),
        _ => Array.Empty<(string, string)>(),
    }).Distinct()];

    private static (string, string)[] Both(params (string? Id, string ServerId)[] ids) => [.. ids.Where(id => id.Id is not null).Select(id => (id.Id!, id.ServerId))];

    private static IEnumerable<string> ServersOf(IReadOnlyList<IEvent> events) => events.SelectMany(e => e.Data switch
    {
        MeetingPlaced p => [p.ServerId, .. p.Why.Considered.Select(c => c.ServerId)],
        MeetingMoved m => [m.FromServerId, m.ToServerId, .. m.Why?.Considered.Select(c => c.ServerId) ?? []],
        MeetingAdopted a => [a.ServerId],
        _ => Array.Empty<string>(),
    });

    private static IEnumerable<DateTimeOffset> ChosenAt(IReadOnlyList<IEvent> events) => events.SelectMany(e => e.Data switch
    {
        MeetingPlaced p => [p.At.ToUniversalTime()],
        MeetingMoved { Why: not null } m => [m.At.ToUniversalTime()],
        _ => Array.Empty<DateTimeOffset>(),
    });

    private static StoryStep Together(StoryStep step, StoryRows rows, Func<string, string> nameOf) => step.Choice is not { } choice
        ? step
        : step with
        {
            Choice = choice with
            {
                Together =
                [
                    .. rows.Together.Where(other => (other.At - step.At).Duration() < TimeSpan.FromTicks(10))
                        .Select(other => new StoryTogether(other.ServerId, nameOf(other.ServerId), other.Placements)),
                ],
            },
        };

    /// <summary>Only of servers that had it, not of those that were merely considered.</summary>
    private async IAsyncEnumerable<StoryStep> ServerStepsAsync(
        KnownRun run, IReadOnlyList<IEvent> events, StoryTelling telling, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        string[] streams = [.. events.Select(e => e.Data switch
        {
            MeetingPlaced p => p.ServerId,
            MeetingMoved m => m.ToServerId,
            MeetingAdopted a => a.ServerId,
            _ => null,
        }).OfType<string>().Distinct().Select(Streams.Server)];
        await using var command = database.CreateCommand(ServerEventsSql);
        command.Parameters.AddWithValue(streams);
        command.Parameters.AddWithValue(events.Count > 0 ? events[0].Timestamp.ToUniversalTime() : run.PlacedAt);
        command.Parameters.AddWithValue(run.EndedAt is null ? Always : events[^1].Timestamp.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var @event = read(new EventRow(
                row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6),
                row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9)));
            if (telling.TellServer(@event) is { } step) yield return step;
        }
    }
}
