using Npgsql;

namespace Scalelite.EventLog.Sealing;

/// <summary>Reads the digests of stored events. Archived ones are read too; Marten's tombstones, which no reader sees and which come late, are not.</summary>
public static class EventLeaves
{
    private static readonly string Digests = SqlScript.Read(typeof(EventLeaves).Assembly, "Sealing.event_leaves.sql").Sql;

    private static readonly string OfLog =
        "with chosen as (select * from mt_events where seq_id > $1 and seq_id <= $2 and stream_id <> 'mt_tombstone' order by seq_id limit $3)\n" + Digests;

    private static readonly string OfStream = "with chosen as (select * from mt_events where stream_id = $1)\n" + Digests;

    /// <summary>At most <paramref name="limit"/> events after one number, up to and including another, in order of number.</summary>
    public static Task<IReadOnlyList<EventLeaf>> ReadAsync(
        NpgsqlConnection connection, long after, long upTo, int limit, CancellationToken cancellation = default) =>
        ReadAsync(connection, OfLog, [after, upTo, limit], cancellation);

    /// <summary>What a seal and <see cref="Domain.Keeping.StreamPruned"/> say of all events of a stream, archived ones included; null if it has none.</summary>
    /// <param name="connection">In the transaction that deletes them, so that no event is missed.</param>
    public static async Task<StreamRoot?> RootOfStreamAsync(NpgsqlConnection connection, string stream, CancellationToken cancellation = default)
    {
        var tree = new MerkleTree();
        var (first, last) = (0L, 0L);
        await using var command = new NpgsqlCommand(OfStream, connection) { Parameters = { new() { Value = stream } } };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            last = row.GetInt64(0);
            if (tree.Leaves == 0) first = last;
            tree.Add(row.GetFieldValue<byte[]>(5));
        }

        return tree.Leaves == 0 ? null : new StreamRoot(tree.Leaves, first, last, Convert.ToHexStringLower(tree.Root()));
    }

    private static async Task<IReadOnlyList<EventLeaf>> ReadAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var leaves = new List<EventLeaf>();
        while (await row.ReadAsync(cancellation))
        {
            leaves.Add(new EventLeaf(
                row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5)));
        }

        return leaves;
    }
}

/// <summary>A stream's events under one root.</summary>
/// <param name="Events">How many.</param>
/// <param name="FirstNumber">The first one's number in the log.</param>
/// <param name="Root">Merkle root of their leaves in order of number, lower case hex.</param>
public sealed record StreamRoot(long Events, long FirstNumber, long LastNumber, string Root);
