using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Bench.Append;

/// <summary>The same transaction without an event store: the shortest way to the same rows with the same checks.</summary>
internal static class HandMadeBatch
{
    public static async Task WriteAsync(NpgsqlDataSource source, string stream, long version, int events)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(version == 0
            ? new NpgsqlBatchCommand("insert into mt_streams (id, version) values ($1, $2)") { Parameters = { Text(stream), Number(events) } }
            : new NpgsqlBatchCommand("update mt_streams set version = $2, timestamp = case when version = $3 then now() end where id = $1")
            {
                Parameters = { Text(stream), Number(version + events), Number(version) },
            });
        for (var n = 1; n <= events; n++) batch.BatchCommands.Add(Event(stream, version + n));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into bench_rows (id, n) values ($1, $2) on conflict (id) do update set n = excluded.n")
        {
            Parameters = { Text(stream), Number(version + events) },
        });
        await batch.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand Event(string stream, long version)
    {
        var now = DateTimeOffset.UtcNow;
        return new(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers)
            values (nextval('mt_events_sequence'), $1, $2, $3, $4, $5, $6, $7, $8, null, $9)
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() },
                Text(stream),
                Number(version),
                Json(JsonSerializer.Serialize(new BenchCounted(version, "somewhere", now))),
                Text("bench_counted"),
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                Text("Scalelite.Bench.Append.BenchCounted, Scalelite.Bench"),
                Text("request"),
                Json("""{"actor":"bench"}"""),
            },
        };
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<string> Json(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
