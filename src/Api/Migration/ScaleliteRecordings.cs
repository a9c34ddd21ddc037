using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;

namespace Scalelite.Api.Migration;

/// <summary>A recording in a Scalelite's database.</summary>
/// <param name="Id">Of its row.</param>
/// <param name="State">Null where the archive named none; then <paramref name="Published"/> tells it.</param>
/// <param name="StartTime">Epoch milliseconds.</param>
/// <param name="EndTime">Epoch milliseconds.</param>
internal sealed record ScaleliteRecording(
    long Id,
    string RecordId,
    string MeetingId,
    string? Name,
    bool Published,
    string? State,
    int? Participants,
    long StartTime,
    long EndTime,
    bool Protected,
    IReadOnlyDictionary<string, string?> Metadata,
    IReadOnlyList<ScaleliteFormat> Formats);

/// <summary>A playback format in a Scalelite's database.</summary>
/// <param name="Url">Path and query.</param>
/// <param name="Length">Minutes.</param>
/// <param name="ProcessingTime">Milliseconds.</param>
internal sealed record ScaleliteFormat(string? Format, string? Url, int? Length, long? ProcessingTime, IReadOnlyList<ScaleliteThumbnail>? Thumbnails);

/// <summary>A thumbnail in a Scalelite's database.</summary>
/// <param name="Url">A path.</param>
internal sealed record ScaleliteThumbnail(int? Width, int? Height, string? Alt, string? Url);

/// <summary>What a Scalelite keeps for calling a meeting's client back, as its row has it.</summary>
/// <param name="Attributes">A YAML mapping.</param>
internal sealed record ScaleliteCallback(long Id, string MeetingId, string Attributes);

/// <summary>Reads the recordings of a Scalelite (schema 2023_06_27_141045: Scalelite 1.5 to 1.8) a few hundred rows at a time.</summary>
internal sealed class ScaleliteRecordings(NpgsqlDataSource database)
{
    private const int Batch = 500;

    private const string RecordingsSql =
        """
        select r.id, r.record_id, r.meeting_id, r.name, r.published, r.state, r.participants,
            coalesce((extract(epoch from r.starttime) * 1000)::bigint, 0), coalesce((extract(epoch from r.endtime) * 1000)::bigint, 0), r.protected,
            (select jsonb_object_agg(m.key, m.value) from metadata m where m.recording_id = r.id and m.key is not null)::text,
            (select jsonb_agg(jsonb_build_object(
                'format', f.format, 'url', f.url, 'length', f.length, 'processing_time', f.processing_time,
                'thumbnails', (
                    select jsonb_agg(jsonb_build_object('width', t.width, 'height', t.height, 'alt', t.alt, 'url', t.url) order by t.sequence)
                    from thumbnails t where t.playback_format_id = f.id)) order by f.format)
             from playback_formats f where f.recording_id = r.id)::text
        from recordings r where r.id > $1 order by r.id limit $2
        """;

    // One that was called for a recording already is called again where another format of it arrives.
    private const string CallbacksSql =
        """
        select c.id, c.meeting_id, c.callback_attributes from callback_data c
        where c.id > $1 and c.meeting_id is not null and c.callback_attributes is not null
        order by c.id limit $2
        """;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>How many recordings there are.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select count(*) from recordings");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>All recordings, some hundred at a time, the oldest row first.</summary>
    public IAsyncEnumerable<IReadOnlyList<ScaleliteRecording>> ReadAsync(CancellationToken cancellation) =>
        BatchesAsync(RecordingsSql, Read, recording => recording.Id, cancellation);

    /// <summary>All callbacks, some hundred at a time, the oldest row first.</summary>
    public IAsyncEnumerable<IReadOnlyList<ScaleliteCallback>> ReadCallbacksAsync(CancellationToken cancellation) =>
        BatchesAsync(CallbacksSql, row => new ScaleliteCallback(row.GetInt64(0), row.GetString(1), row.GetString(2)), callback => callback.Id, cancellation);

    private async IAsyncEnumerable<IReadOnlyList<T>> BatchesAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, Func<T, long> id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = 0L; ;)
        {
            var batch = new List<T>(Batch);
            await using (var command = database.CreateCommand(sql))
            {
                command.Parameters.AddWithValue(after);
                command.Parameters.AddWithValue(Batch);
                await using var rows = await command.ExecuteReaderAsync(cancellation);
                while (await rows.ReadAsync(cancellation)) batch.Add(read(rows));
            }

            if (batch.Count == 0) yield break;
            after = id(batch[^1]);
            yield return batch;
        }
    }

    private static ScaleliteRecording Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        Text(row, 1) ?? "",
        Text(row, 2) ?? "",
        Text(row, 3),
        row.GetBoolean(4),
        Text(row, 5),
        row.IsDBNull(6) ? null : row.GetInt32(6),
        row.GetInt64(7),
        row.GetInt64(8),
        row.GetBoolean(9),
        Text(row, 10) is { } metadata ? JsonSerializer.Deserialize<Dictionary<string, string?>>(metadata, Json)! : new Dictionary<string, string?>(),
        Text(row, 11) is { } formats ? JsonSerializer.Deserialize<List<ScaleliteFormat>>(formats, Json)! : []);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
