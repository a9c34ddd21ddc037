using Npgsql;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>Reads the catalog of recordings; each question is one statement.</summary>
public sealed class RecordingCatalog(NpgsqlDataSource database)
{
    private const string FindSql = $"select {CatalogedRecording.Columns} from recording_catalog c where c.record_id = $1";

    private const string PlayedSql =
        """
        select c.tenant_id, c.state, c.protected, f.place, f.link, f.manifest_sha256
        from recording_catalog c join recording_format f on f.record_id = c.record_id
        where c.record_id = $1 and f.format = $2
        """;

    private const string WorkSql =
        """
        select w.record_id, w.format, c.state, f.place, w.since
        from recording_file_work w
        join recording_catalog c on c.record_id = w.record_id
        join recording_format f on f.record_id = w.record_id and f.format = w.format
        """;

    private volatile Task<bool>? _hasTrigrams;

    /// <summary>One recording with its formats, deleted or not; null where there is none.</summary>
    public async Task<CatalogedRecording?> FindAsync(string recordId, CancellationToken cancellation)
    {
        if (!IsText(recordId))
        {
            return null;
        }

        await using var command = Command(FindSql, recordId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? CatalogedRecording.Read(row, 0) : null;
    }

    /// <summary>What playing a format needs to know; null where there is no such format.</summary>
    public async Task<PlayedFormat?> FindPlayedAsync(string recordId, string format, CancellationToken cancellation)
    {
        if (!IsText(recordId) || !IsText(format))
        {
            return null;
        }

        await using var command = Command(PlayedSql, recordId, format);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new PlayedFormat(
                row.GetString(0),
                CatalogedRecording.ReadState(row.GetString(1)),
                row.GetBoolean(2),
                CatalogedRecording.ReadPlace(row.GetString(3)),
                row.GetString(4),
                await row.IsDBNullAsync(5, cancellation) ? null : row.GetString(5))
            : null;
    }

    /// <summary>Opens a list, newest start first.</summary>
    public async Task<RecordingPage> ListAsync(RecordingFilter filter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var hasTrigrams = filter.Metadata.Any(meta => meta.AnyStart) && await HasTrigramsAsync();
        return await RecordingPage.OpenAsync(database, RecordingListSql.PlanningOf(filter), RecordingListSql.Of(filter, hasTrigrams), cancellation);
    }

    /// <summary>Formats whose files are to be moved or removed, the longest due first.</summary>
    public Task<IReadOnlyList<FileWork>> FileWorkAsync(int limit, CancellationToken cancellation) =>
        ReadWorkAsync(Command(WorkSql + " order by w.since, w.record_id, w.format limit $1", limit), cancellation);

    /// <summary>Formats of one recording whose files are to be moved or removed.</summary>
    public Task<IReadOnlyList<FileWork>> FileWorkAsync(string recordId, CancellationToken cancellation) =>
        ReadWorkAsync(Command(WorkSql + " where w.record_id = $1 order by w.format", recordId), cancellation);

    /// <summary>The text tracks of a recording, in order of language.</summary>
    public async Task<IReadOnlyList<CatalogedTextTrack>> TextTracksAsync(string recordId, CancellationToken cancellation)
    {
        await using var command = Command("select kind, lang, label, source, bytes from recording_text_track where record_id = $1 order by lang", recordId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var tracks = new List<CatalogedTextTrack>();
        while (await row.ReadAsync(cancellation))
        {
            tracks.Add(new CatalogedTextTrack(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)));
        }

        return tracks;
    }

    private static async Task<IReadOnlyList<FileWork>> ReadWorkAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var _ = command;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var work = new List<FileWork>();
        while (await row.ReadAsync(cancellation))
        {
            work.Add(new FileWork(
                row.GetString(0),
                row.GetString(1),
                CatalogedRecording.ReadState(row.GetString(2)),
                CatalogedRecording.ReadPlace(row.GetString(3)),
                row.GetFieldValue<DateTimeOffset>(4)));
        }

        return work;
    }

    /// <summary>PostgreSQL refuses a text with U+0000 instead of not finding it.</summary>
    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>Asked once in a process's life; asked again where that failed.</summary>
    private Task<bool> HasTrigramsAsync()
    {
        var asked = _hasTrigrams;
        return asked is null or { IsFaulted: true } or { IsCanceled: true } ? _hasTrigrams = AskAsync() : asked;

        async Task<bool> AskAsync()
        {
            await using var command = database.CreateCommand("select to_regclass('recording_metadata_trigrams') is not null");
            return (bool)(await command.ExecuteScalarAsync())!;
        }
    }

    private NpgsqlCommand Command<T>(string sql, T value, string? second = null)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        if (second is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = second });
        }

        return command;
    }
}
