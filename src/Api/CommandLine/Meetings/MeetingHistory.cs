using System.Text.Json;
using Npgsql;
using Scalelite.Api.CommandLine.Explain;
using Scalelite.Domain;
using Scalelite.EventLog;

namespace Scalelite.Api.CommandLine.Meetings;

/// <summary>A run of a meeting with all that happened to it.</summary>
/// <param name="Instance">This run.</param>
/// <param name="State"><c>placing</c>, <c>live</c>, <c>ended</c>, <c>failed</c>.</param>
/// <param name="Events">Its stream, in order.</param>
internal sealed record MeetingHistory(
    Guid Instance, string MeetingId, string ServerId, string State, string? InternalMeetingId, string? Name, string? VoiceBridge, DateTimeOffset PlacedAt,
    DateTimeOffset? EndedAt, IReadOnlyList<HistoryEvent> Events)
{
    private const string Sql =
        "select instance, meeting_id, server_id, state, internal_meeting_id, name, voice_bridge, placed_at, ended_at from meeting_instance where instance = $1";

    /// <summary>What <see cref="KnownRun.FindAsync"/> finds; null if there is none.</summary>
    public static async Task<MeetingHistory?> FindAsync(NpgsqlDataSource database, EventLogReader log, string id, CancellationToken cancellation)
    {
        if (await KnownRun.FindAsync(database, id, null, cancellation) is not { } run) return null;
        MeetingHistory found;
        await using (var command = database.CreateCommand(Sql))
        {
            command.Parameters.AddWithValue(run.Instance);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation)) return null;
            found = new MeetingHistory(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetFieldValue<DateTimeOffset>(7),
                row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8), []);
        }

        var events = new List<HistoryEvent>();
        await foreach (var row in log.ReadStreamAsync(Streams.Meeting(found.Instance), cancellation: cancellation)) events.Add(HistoryEvent.From(row));
        return found with { Events = events };
    }
}

/// <summary>An event as commands print it.</summary>
internal sealed record HistoryEvent(
    long Sequence, string Stream, long Version, string Type, DateTimeOffset Timestamp, string? CorrelationId, string? CausationId, JsonElement Data,
    JsonElement? Headers)
{
    public static HistoryEvent From(EventRow row) => new(
        row.Sequence, row.Stream, row.Version, row.Type, row.Timestamp, row.CorrelationId, row.CausationId, Parse(row.Data),
        row.Headers is null ? null : Parse(row.Headers));

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
