using System.Runtime.CompilerServices;
using Npgsql;

namespace Scalelite.EventLog.Pruning;

/// <summary>Takes whole streams out of the log, in the caller's transaction: what is not committed with its telling is not done.</summary>
public static class StreamDeletion
{
    private const int Batch = 500;

    /// <summary>Keeps writers from these streams until the transaction ends. One that another is at, or that is not there, is left out.</summary>
    /// <returns>Those that the caller has.</returns>
    public static async Task<IReadOnlyList<string>> ClaimAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> streams, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand("select id from mt_streams where id = any($1) order by id for update skip locked", connection)
        {
            Parameters = { new() { Value = streams.ToArray() } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var claimed = new List<string>();
        while (await row.ReadAsync(cancellation)) claimed.Add(row.GetString(0));
        return claimed;
    }

    /// <summary>The events of a stream in order of version, archived ones too, a part at a time.</summary>
    public static async IAsyncEnumerable<EventRow> ReadAsync(
        NpgsqlConnection connection, string stream, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var version = 0L; ;)
        {
            var part = new List<EventRow>(Batch);
            await using (var command = new NpgsqlCommand(
                $"select {EventLogReader.Columns} from mt_events where stream_id = $1 and version > $2 order by version limit $3", connection))
            {
                foreach (var value in (object[])[stream, version, Batch]) command.Parameters.AddWithValue(value);
                part.AddRange(await EventLogReader.ReadAsync(command, cancellation));
            }

            foreach (var row in part) yield return row;
            if (part.Count < Batch) yield break;
            version = part[^1].Version;
        }
    }

    /// <summary>Deletes streams with their events.</summary>
    /// <returns>How many events there were.</returns>
    public static async Task<long> DeleteAsync(NpgsqlConnection connection, IReadOnlyCollection<string> streams, CancellationToken cancellation = default)
    {
        // The events first: the foreign key would have them deleted as well, but one stream after the other.
        await using var events = new NpgsqlCommand("delete from mt_events where stream_id = any($1)", connection) { Parameters = { new() { Value = streams.ToArray() } } };
        var deleted = await events.ExecuteNonQueryAsync(cancellation);
        await using var keys = new NpgsqlCommand("delete from mt_streams where id = any($1)", connection) { Parameters = { new() { Value = streams.ToArray() } } };
        await keys.ExecuteNonQueryAsync(cancellation);
        return deleted;
    }
}
