using Npgsql;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>
/// The pool as it follows the log, and when it is worth a checkpoint. What has failed half way is thrown away: the state is then no longer that of
/// its number.
/// </summary>
internal sealed class CheckpointFold(NpgsqlDataSource database, long number, PoolState state, int mostEvents = CheckpointFold.MostEvents)
{
    /// <summary>Between two checkpoints at most: read and folded in some 30 ms.</summary>
    public const int MostEvents = 5_000;

    private const int Batch = 1_000;

    // Folded in some 40 ms of two processes' time; a checkpoint that is large itself is worth more, so that all of them together stay a fraction of the
    // log (docs/decisions/0011-the-pool-at-any-moment.md).
    private const long UsualBytes = 2 * 1024 * 1024;
    private const int BytesForEachOfItsOwn = 6;

    private static readonly string[] Types = [.. PoolEvents.ByName.Keys];
    private static readonly HashSet<string> Pruned = [.. PoolEvents.Pruned];

    private (DateTimeOffset First, DateTimeOffset Last)? _times;
    private long _events;
    private long _kept;
    private long _bytes;
    private long _size;

    /// <summary>Events up to this number are in the state.</summary>
    public long Number { get; private set; } = number;

    /// <summary>Reads on, at most some thousand events.</summary>
    /// <returns>Null as long as no checkpoint is due.</returns>
    public async Task<PoolCheckpoint?> ReadAsync(long safe, CancellationToken cancellation)
    {
        if (Number >= safe) return null;
        var limit = Math.Min(Batch, mostEvents - (int)_events);
        await using (var command = database.CreateCommand(
            $"""
            select seq_id, timestamp, type, case when type = any($3) and is_archived is not true then {PoolEventJson.Slim} end from mt_events
            where seq_id > $1 and seq_id <= $2 and stream_id <> 'mt_tombstone' order by seq_id limit $4
            """))
        {
            command.Parameters.AddWithValue(Number);
            command.Parameters.AddWithValue(safe);
            command.Parameters.AddWithValue(Types);
            command.Parameters.AddWithValue(limit);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            var read = 0;
            while (await row.ReadAsync(cancellation))
            {
                Apply(row);
                read++;
                if (IsDue) return Due();
            }

            if (read < limit) Number = safe;
        }

        return null;
    }

    private bool IsDue => _events >= mostEvents || _bytes >= Math.Max(UsualBytes, BytesForEachOfItsOwn * _size);

    private void Apply(NpgsqlDataReader row)
    {
        var at = row.GetFieldValue<DateTimeOffset>(1);
        var type = row.GetString(2);
        if (!row.IsDBNull(3))
        {
            var json = row.GetFieldValue<byte[]>(3);
            state.Apply(PoolEventJson.Read(type, json));
            _bytes += json.Length;
        }

        _times = _times is var (first, last) ? (at < first ? at : first, at > last ? at : last) : (at, at);
        _events++;
        if (!Pruned.Contains(type)) _kept++;
        Number = row.GetInt64(0);
    }

    private PoolCheckpoint Due()
    {
        var packed = PoolCheckpoints.Pack(state);
        var due = new PoolCheckpoint(Number, _times!.Value.First, _times.Value.Last, _events, _kept, packed);
        (_times, _events, _kept, _bytes, _size) = (null, 0, 0, 0, packed.Length);
        return due;
    }
}
