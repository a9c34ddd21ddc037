using System.Globalization;
using Npgsql;

namespace Scalelite.Api.CommandLine.Callbacks;

/// <summary>A callback as commands print it; never its URL.</summary>
/// <param name="State"><c>waiting</c>, <c>delivered</c>, <c>abandoned</c>.</param>
/// <param name="DueAt">When it is tried next; null where it is over.</param>
internal sealed record CallbackRow(
    Guid Id,
    string Kind,
    string State,
    string TenantId,
    string MeetingId,
    string? RecordId,
    string Host,
    int Attempts,
    int? LastStatus,
    string? LastOutcome,
    DateTimeOffset RegisteredAt,
    DateTimeOffset? DueAt,
    DateTimeOffset? EndedAt)
{
    /// <summary>The columns of its table.</summary>
    public static readonly Column<CallbackRow>[] Columns =
    [
        new("id", row => row.Id.ToString()),
        new("kind", row => row.Kind),
        new("state", row => row.State),
        new("meeting", row => row.MeetingId),
        new("recording", row => row.RecordId),
        new("host", row => row.Host),
        new("attempts", row => row.Attempts.ToString(CultureInfo.InvariantCulture), IsNumber: true),
        new("last", row => row.LastOutcome),
        new("due at", row => row.DueAt?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)),
    ];

    private const string Select =
        """
        select callback_id, kind, state, tenant_id, meeting_id, record_id, host, attempts, last_status, last_outcome, registered_at, due_at, ended_at
        from callback_queue
        """;

    /// <summary>The latest callbacks first.</summary>
    /// <param name="state">Only those in it; null for all.</param>
    public static async Task<IReadOnlyList<CallbackRow>> ListAsync(NpgsqlDataSource database, string? state, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            $"{Select} where $1::text is null or state = $1 order by registered_at desc, callback_id limit $2");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(most);
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Callbacks from the latest on.</summary>
    /// <param name="state">Only those in it; null for all.</param>
    /// <param name="before">Only those behind this one.</param>
    public static async Task<IReadOnlyList<CallbackRow>> PageAsync(
        NpgsqlDataSource database, string? state, (DateTimeOffset At, Guid Id)? before, int limit, CancellationToken cancellation)
    {
        var behind = before is null ? "" : "and registered_at <= $3 and (registered_at, callback_id) < ($3, $4)";
        await using var command = database.CreateCommand(
            $"{Select} where ($1::text is null or state = $1) {behind} order by registered_at desc, callback_id desc limit $2");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(limit);
        if (before is { } row)
        {
            command.Parameters.AddWithValue(row.At);
            command.Parameters.AddWithValue(row.Id);
        }

        return await ReadAsync(command, cancellation);
    }

    /// <summary>One callback, or null.</summary>
    public static async Task<CallbackRow?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Select} where callback_id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancellation)).FirstOrDefault();
    }

    private static async Task<List<CallbackRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var callbacks = new List<CallbackRow>();
        while (await row.ReadAsync(cancellation))
        {
            callbacks.Add(new CallbackRow(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
                row.GetString(6), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetInt32(8), row.IsDBNull(9) ? null : row.GetString(9),
                row.GetFieldValue<DateTimeOffset>(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
                row.IsDBNull(12) ? null : row.GetFieldValue<DateTimeOffset>(12)));
        }

        return callbacks;
    }
}
