using Npgsql;

namespace Scalelite.Projections.Recordings;

/// <summary>A list of recordings that is still being read, newest first: never all in memory.</summary>
public sealed class RecordingPage : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlDataReader _rows;
    private bool _has;

    private RecordingPage(NpgsqlConnection connection, NpgsqlBatch batch, NpgsqlDataReader rows) =>
        (_connection, _batch, _rows) = (connection, batch, rows);

    /// <summary>How many there are with no regard to offset and limit; 0 where there is no limit.</summary>
    public long Total { get; private set; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty { get; private set; }

    internal static async Task<RecordingPage> OpenAsync(
        NpgsqlDataSource database, NpgsqlBatchCommand planning, NpgsqlBatchCommand list, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        var batch = new NpgsqlBatch(connection) { BatchCommands = { planning, list } };
        try
        {
            var page = new RecordingPage(connection, batch, await batch.ExecuteReaderAsync(cancellation));
            await page._rows.NextResultAsync(cancellation);
            if (await page._rows.ReadAsync(cancellation))
            {
                page.Total = page._rows.GetInt64(0);
                page._has = !await page._rows.IsDBNullAsync(1, cancellation);
            }

            page.IsEmpty = !page._has;
            return page;
        }
        catch
        {
            await batch.DisposeAsync();
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next one, or null after the last.</summary>
    public async ValueTask<CatalogedRecording?> NextAsync(CancellationToken cancellation)
    {
        if (!_has)
        {
            return null;
        }

        var recording = CatalogedRecording.Read(_rows, 1);
        _has = await _rows.ReadAsync(cancellation);
        return recording;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _batch.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
