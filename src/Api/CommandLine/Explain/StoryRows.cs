using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>
/// What the read models hold of a run, its recordings and callbacks: one round trip of statements that each go by an index, so that a run of last year
/// takes as long as one of today.
/// </summary>
internal sealed class StoryRows
{
    private const int OtherRuns = 10;

    internal const string RunSql =
        """
        select i.name, i.voice_bridge, i.record, i.is_breakout, i.parent_meeting_id, i.adopted, i.moves, i.started_at, i.how, i.internal_meeting_id,
               t.name, p.peak, p.user_polls::float8 / p.polls, p.curve
        from meeting_instance i
        left join tenant t on t.id = i.tenant_id
        left join polled_meeting p on i.state = 'live' and p.server_id = i.server_id and p.internal_meeting_id = i.internal_meeting_id
        where i.instance = $1
        """;

    internal const string JoinsSql = "select minute, server_id, sum(joins)::int from join_minute where instance = $1 group by minute, server_id order by minute, server_id";

    // A node's recording bears the internalMeetingID as its id; where one was imported under another, its metadata say whose it is.
    internal const string RecordingsSql =
        """
        select record_id, state, imported_at from recording_catalog where record_id = any($1)
        union
        select record_id, state, imported_at from recording_catalog where tenant_id = $2 and meeting_id = $3 and (instance = $4 or internal_meeting_id = any($1))
        order by 1
        """;

    internal const string ImportsSql = "select import_id, state, record_ids, reason, received_at from import_queue where record_ids && $1 order by received_at, import_id";

    internal const string CallbacksSql =
        """
        select callback_id, kind, host, state, attempts, last_outcome, registered_at, due_at, ended_at
        from callback_queue where instance = $1 order by registered_at, callback_id
        """;

    internal const string HostsSql = "select id, host from server where id = any($1)";

    // Placements of one batch bear one moment.
    internal const string TogetherSql =
        "select placed_at, server_id, count(*)::int from placement where placed_at = any($1) and instance <> $2 group by placed_at, server_id order by 3 desc, 2";

    public string? Name { get; private set; }

    public string? VoiceBridge { get; private set; }

    public bool Record { get; private set; }

    public bool IsBreakout { get; private set; }

    public string? ParentMeetingId { get; private set; }

    public bool Adopted { get; private set; }

    public int Moves { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public string? How { get; private set; }

    public string? Tenant { get; private set; }

    /// <summary>Of one that is live.</summary>
    public StorySize? Size { get; private set; }

    public List<(DateTimeOffset Minute, string ServerId, int Joins)> Joins { get; } = [];

    public List<StoryRecording> Recordings { get; } = [];

    public List<StoryCallback> Callbacks { get; } = [];

    public IReadOnlyList<KnownRun> Runs { get; private set; } = [];

    /// <summary>Of the servers that are in the pool, by id.</summary>
    public Dictionary<string, string> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>What else was placed at the same moments.</summary>
    public List<(DateTimeOffset At, string ServerId, int Placements)> Together { get; } = [];

    /// <summary>Reads them.</summary>
    /// <param name="internalIds">All that the run had.</param>
    /// <param name="servers">Whose hosts are wanted.</param>
    /// <param name="placedAt">The moments at which a server was chosen.</param>
    public static async Task<StoryRows> ReadAsync(
        NpgsqlDataSource database, KnownRun run, string[] internalIds, string[] servers, DateTimeOffset[] placedAt, CancellationToken cancellation)
    {
        var rows = new StoryRows();
        await using (var batch = database.CreateBatch())
        {
            batch.BatchCommands.Add(Command(RunSql, run.Instance));
            batch.BatchCommands.Add(Command(JoinsSql, run.Instance));
            batch.BatchCommands.Add(Command(RecordingsSql, internalIds, run.TenantId, run.MeetingId, run.Instance));
            batch.BatchCommands.Add(Command(ImportsSql, (object)internalIds));
            batch.BatchCommands.Add(Command(CallbacksSql, run.Instance));
            batch.BatchCommands.Add(Command(HostsSql, (object)servers));
            batch.BatchCommands.Add(Command(TogetherSql, placedAt, run.Instance));
            await using var row = await batch.ExecuteReaderAsync(cancellation);
            await rows.ReadAsync(row, cancellation);
        }

        rows.Runs = [.. (await KnownRun.OfMeetingAsync(database, run.TenantId, run.MeetingId, OtherRuns + 1, cancellation))
            .Where(other => other.Instance != run.Instance).Take(OtherRuns)];
        return rows;
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DateTimeOffset[] times
                ? new NpgsqlParameter { Value = times, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz }
                : new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private async Task ReadAsync(NpgsqlDataReader row, CancellationToken cancellation)
    {
        if (await row.ReadAsync(cancellation)) ReadRun(row);
        await row.NextResultAsync(cancellation);
        while (await row.ReadAsync(cancellation)) Joins.Add((row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetInt32(2)));
        await row.NextResultAsync(cancellation);
        var recordings = new List<(string Id, string State, DateTimeOffset At)>();
        while (await row.ReadAsync(cancellation)) recordings.Add((row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)));
        await row.NextResultAsync(cancellation);
        var imports = new List<(Guid Id, string State, string[] RecordIds, string? Reason, DateTimeOffset At)>();
        while (await row.ReadAsync(cancellation))
            imports.Add((row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), Text(row, 3), row.GetFieldValue<DateTimeOffset>(4)));
        await row.NextResultAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            Callbacks.Add(new StoryCallback(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), Text(row, 5), row.GetFieldValue<DateTimeOffset>(6),
                Time(row, 7), Time(row, 8)));
        }

        await row.NextResultAsync(cancellation);
        while (await row.ReadAsync(cancellation)) Hosts[row.GetString(0)] = row.GetString(1);
        await row.NextResultAsync(cancellation);
        while (await row.ReadAsync(cancellation)) Together.Add((row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetInt32(2)));

        // A recording came by its first archive that arrived; archives that brought none are told as they stand.
        foreach (var (id, state, at) in recordings)
        {
            var came = imports.Where(import => import.RecordIds.Contains(id, StringComparer.Ordinal)).Select(import => ((Guid, DateTimeOffset)?)(import.Id, import.At)).FirstOrDefault();
            Recordings.Add(new StoryRecording(id, state, came?.Item1, came?.Item2, at, null));
        }

        foreach (var import in imports.Where(import => import.State != "completed"))
        {
            foreach (var id in import.RecordIds) Recordings.Add(new StoryRecording(id, import.State, import.Id, import.At, null, import.Reason));
        }
    }

    private void ReadRun(NpgsqlDataReader row)
    {
        (Name, VoiceBridge, Record, IsBreakout, ParentMeetingId) = (Text(row, 0), Text(row, 1), row.GetBoolean(2), row.GetBoolean(3), Text(row, 4));
        (Adopted, Moves, StartedAt, How) = (row.GetBoolean(5), row.GetInt32(6), Time(row, 7), Text(row, 8));
        Tenant = Text(row, 10);
        if (!row.IsDBNull(11)) Size = new StorySize(row.GetInt32(11), Math.Round(row.GetDouble(12), 2), Domain.Meetings.MeetingCurve.Reduce(row.GetFieldValue<int[]>(13)));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
