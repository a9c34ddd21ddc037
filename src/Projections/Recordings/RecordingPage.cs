using Npgsql;

namespace Scalelite.Projections.Recordings;

/// <summary>A list of recordings that is still being read, newest first: never all in memory.</summary>
public sealed class RecordingPage : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly NpgsqlDataReader _rows;
    private bool _has;

    private RecordingPage(NpgsqlConnection connection, NpgsqlCommand command, NpgsqlDataReader rows) =>
        (_connection, _command, _rows) = (connection, command, rows);

    /// <summary>How many there are with no regard to offset and limit; 0 where no limit was asked for.</summary>
    public long Total { get; private set; }

    /// <summary>Whether there is a first one.</summary>
    public bool IsEmpty { get; private set; }

    internal static async Task<RecordingPage> OpenAsync(NpgsqlDataSource database, NpgsqlCommand command, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            command.Connection = connection;
            var page = new RecordingPage(connection, command, await command.ExecuteReaderAsync(cancellation));
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
            await command.DisposeAsync();
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
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
