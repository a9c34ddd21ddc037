using Npgsql;

namespace Scalelite.EventLog.Tests;

/// <summary>Writes rows of the log by hand, so that a test decides when which number is drawn and committed.</summary>
internal static class LogRows
{
    /// <summary>Draws a number and writes an event with it.</summary>
    public static async Task<long> WriteAsync(NpgsqlConnection connection, string stream = "s", string at = "now()", bool archived = false)
    {
        await using var command = new NpgsqlCommand(
            $$"""
            with stream as (
                insert into mt_streams (id, version) values ($1, 1) on conflict (id) do update set version = mt_streams.version + 1 returning version
            )
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers, is_archived)
            select nextval('mt_events_sequence'), gen_random_uuid(), $1, version, '{"N": 1}', 'thing_seen', {{at}}, 'x', '{"actor": "me"}', $2 from stream
            returning seq_id
            """,
            connection)
        {
            Parameters = { new() { Value = stream }, new() { Value = archived } },
        };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task<long> WriteAsync(NpgsqlDataSource database, string stream = "s", string at = "now()", bool archived = false)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await WriteAsync(connection, stream, at, archived);
    }

    public static async Task<List<EventRow>> ListAsync(this IAsyncEnumerable<EventRow> rows)
    {
        var list = new List<EventRow>();
        await foreach (var row in rows) list.Add(row);
        return list;
    }
}
