using Npgsql;
using Scalelite.Domain;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>
/// What the log tells of its own changes: <c>StreamPruned</c> and <c>DataForgotten</c> in the stream <c>log</c>. Only where to find them is
/// kept in memory, some forty bytes for each pruned stream and each forgotten event.
/// </summary>
internal sealed class ToldChanges(NpgsqlDataSource database)
{
    private const string PrunedSql =
        """
        select version, substr(sha256(convert_to(coalesce(data->>'Stream', ''), 'UTF8')), 1, 8),
               case when data->>'FirstNumber' ~ '^[0-9]{1,18}$' then (data->>'FirstNumber')::bigint else 0 end,
               case when data->>'LastNumber' ~ '^[0-9]{1,18}$' then (data->>'LastNumber')::bigint else 0 end
        from mt_events where stream_id = $1 and version > $2 and version <= $3 and type = 'stream_pruned' order by version
        """;

    private const string ForgottenSql =
        """
        select e.version, (f->>'Number')::bigint
        from mt_events e cross join lateral jsonb_path_query(e.data, '$.Events[*]') f
        where e.stream_id = $1 and e.version > $2 and e.version <= $3 and e.type = 'data_forgotten' and f->>'Number' ~ '^[0-9]{1,18}$'
        order by e.version
        """;

    private readonly Dictionary<ulong, List<Pruned>> _pruned = [];
    private readonly Dictionary<long, List<long>> _forgotten = [];
    private long _version;

    /// <summary>Reads what was told since it was read last.</summary>
    public async Task ReadNewAsync(CancellationToken cancellation)
    {
        long last;
        await using (var head = database.CreateCommand("select coalesce(max(version), 0) from mt_events where stream_id = $1"))
        {
            head.Parameters.AddWithValue(Streams.Log);
            last = (long)(await head.ExecuteScalarAsync(cancellation))!;
        }

        if (last <= _version) return;
        await ReadAsync(PrunedSql, last, row =>
        {
            var stream = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(row.GetFieldValue<byte[]>(1));
            Add(_pruned, stream, new Pruned(row.GetInt64(0), row.GetInt64(2), row.GetInt64(3)));
        }, cancellation);
        await ReadAsync(ForgottenSql, last, row => Add(_forgotten, row.GetInt64(1), row.GetInt64(0)), cancellation);
        _version = last;
    }

    /// <summary>The version of the event that tells of the pruning of that stream's event; null if none does.</summary>
    /// <param name="stream"><see cref="EventLeaf.StreamDigest"/>.</param>
    public long? PrunedBy(ulong stream, long number)
    {
        if (!_pruned.TryGetValue(stream, out var prunings)) return null;
        foreach (var pruning in prunings)
            if (number >= pruning.First && number <= pruning.Last) return pruning.Version;
        return null;
    }

    /// <summary>Whether some event tells that this event's data were overwritten.</summary>
    public bool IsForgotten(long number) => _forgotten.ContainsKey(number);

    /// <summary>What was told of prunings, by version.</summary>
    public async Task<IReadOnlyList<ToldPruning>> PruningsAsync(IReadOnlyCollection<long> versions, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select version, seq_id, timestamp, headers->>'actor', data->>'Stream',
                   case when data->>'Events' ~ '^[0-9]{1,18}$' then (data->>'Events')::bigint else 0 end,
                   case when data->>'FirstNumber' ~ '^[0-9]{1,18}$' then (data->>'FirstNumber')::bigint else 0 end, coalesce(data->>'RootHash', '')
            from mt_events where stream_id = $1 and version = any($2)
            """);
        command.Parameters.AddWithValue(Streams.Log);
        command.Parameters.AddWithValue(versions.ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var prunings = new List<ToldPruning>();
        while (await row.ReadAsync(cancellation))
        {
            prunings.Add(new ToldPruning(
                row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetString(3),
                row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetString(7)));
        }

        return prunings;
    }

    /// <summary>What was told of an event's data that were overwritten, in order.</summary>
    public async Task<IReadOnlyList<ToldRedaction>> RedactionsAsync(long number, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select e.timestamp, e.headers->>'actor', coalesce(f->>'Was', ''), coalesce(f->>'Is', ''), e.headers->>'reason'
            from mt_events e cross join lateral jsonb_path_query(e.data, '$.Events[*]') f
            where e.stream_id = $1 and e.version = any($2) and f->>'Number' = $3 order by e.version
            """);
        command.Parameters.AddWithValue(Streams.Log);
        command.Parameters.AddWithValue(_forgotten.TryGetValue(number, out var versions) ? [.. versions] : Array.Empty<long>());
        command.Parameters.AddWithValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var redactions = new List<ToldRedaction>();
        while (await row.ReadAsync(cancellation))
        {
            redactions.Add(new ToldRedaction(
                row.GetFieldValue<DateTimeOffset>(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), row.GetString(3),
                row.IsDBNull(4) ? null : row.GetString(4)));
        }

        return redactions;
    }

    private static void Add<TKey, TValue>(Dictionary<TKey, List<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var values)) index[key] = values = new List<TValue>(1);
        values.Add(value);
    }

    private async Task ReadAsync(string sql, long upTo, Action<NpgsqlDataReader> read, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(Streams.Log);
        command.Parameters.AddWithValue(_version);
        command.Parameters.AddWithValue(upTo);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) read(row);
    }

    private readonly record struct Pruned(long Version, long First, long Last);
}

/// <summary>That a stream was pruned, as the log tells it.</summary>
/// <param name="Number">The telling event's number in the log.</param>
internal sealed record ToldPruning(
    long Version, long Number, DateTimeOffset At, string? Actor, string Stream, long Events, long FirstNumber, string RootHash);

/// <summary>That an event's data were overwritten, as the log tells it.</summary>
internal sealed record ToldRedaction(DateTimeOffset At, string? Actor, string Was, string Is, string? Reason);
