namespace Scalelite.Bench.Append;

/// <summary>The event that is written.</summary>
internal sealed record BenchCounted(long N, string Where, DateTimeOffset At);

/// <summary>The read model: a row for each stream.</summary>
internal sealed class BenchRows : IProjection
{
    public const string Sql = "insert into bench_rows (id, n) values (?, ?) on conflict (id) do update set n = excluded.n";

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var last = events[^1];
        operations.QueueSqlCommand(Sql, last.StreamKey!, ((BenchCounted)last.Data).N);
        return Task.CompletedTask;
    }
}

/// <summary>One transaction through the event store.</summary>
internal static class StoreWrite
{
    public static async Task WriteAsync(DocumentStore store, string stream, long version, int events)
    {
        var counted = new object[events];
        for (var n = 0; n < events; n++) counted[n] = new BenchCounted(version + n + 1, "somewhere", DateTimeOffset.UtcNow);
        await using var session = store.LightweightSession();
        session.CorrelationId = "request";
        session.SetHeader("actor", "bench");
        if (version == 0) session.Events.StartStream(stream, counted);
        else session.Events.Append(stream, version + events, counted);
        await session.SaveChangesAsync();
    }
}
