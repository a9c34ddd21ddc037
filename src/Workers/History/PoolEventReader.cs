using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Domain.History;
using Scalelite.EventLog;

namespace Scalelite.Workers.History;

/// <summary>Reads the pool's events from the log in order of number; the others are left where they are, unread.</summary>
internal sealed class PoolEventReader(NpgsqlDataSource database)
{
    private const int Batch = 500;

    private static readonly string[] Types = [.. PoolEvents.ByName.Keys];

    /// <summary>Applies the events after one number, up to and including another.</summary>
    public async Task ApplyAsync(PoolState state, long after, long upTo, CancellationToken cancellation)
    {
        if (after >= upTo) return;
        await using var command = database.CreateCommand(
            $"select type, {PoolEventJson.Slim} from mt_events where seq_id > $1 and seq_id <= $2 and type = any($3) and is_archived is not true order by seq_id");
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(upTo);
        command.Parameters.AddWithValue(Types);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) state.Apply(PoolEventJson.Read(row.GetString(0), row.GetFieldValue<byte[]>(1)));
    }

    /// <summary>The events after one number, up to and including another, in short statements.</summary>
    public async IAsyncEnumerable<PoolEvent> ReadAsync(long after, long upTo, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (after < upTo)
        {
            var read = await ReadBatchAsync(after, upTo, cancellation);
            foreach (var one in read) yield return one;
            if (read.Count < Batch) yield break;
            after = read[^1].Number;
        }
    }

    private async Task<List<PoolEvent>> ReadBatchAsync(long after, long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select seq_id, timestamp, type, data from mt_events
            where seq_id > $1 and seq_id <= $2 and type = any($3) and is_archived is not true order by seq_id limit $4
            """);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(upTo);
        command.Parameters.AddWithValue(Types);
        command.Parameters.AddWithValue(Batch);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var read = new List<PoolEvent>();
        while (await row.ReadAsync(cancellation))
            read.Add(new PoolEvent(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), PoolEventJson.Read(row.GetString(2), row.GetFieldValue<byte[]>(3))));
        return read;
    }
}
