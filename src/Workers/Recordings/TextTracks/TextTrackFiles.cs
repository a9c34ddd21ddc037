using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Recordings.TextTracks;

/// <summary>
/// Text tracks as the players find them: <c>caption_{lang}.vtt</c> in the folder of the presentation, or of the video where there is
/// none, and <c>captions.json</c>, which names them.
/// </summary>
public sealed class TextTrackFiles(RecordingCatalog catalog, RecordingFiles files, IRecordingStorage storage)
{
    private const string ListName = "captions.json";
    private const int Tries = 5;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The format whose folder holds text tracks; null where a recording has none that could.</summary>
    public static CatalogedFormat? HolderOf(CatalogedRecording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return recording.Formats.FirstOrDefault(format => format.Format == "presentation") ?? recording.Formats.FirstOrDefault(format => format.Format == "video");
    }

    /// <summary>The name of a language's file within that folder.</summary>
    public static string FileOf(string lang) => $"caption_{lang}.vtt";

    /// <summary>Writes a track's file.</summary>
    /// <returns>False where the recording has no format that holds text tracks, or it is being moved all the time.</returns>
    /// <exception cref="IOException">It was not written.</exception>
    public async Task<bool> StoreAsync(CatalogedRecording recording, string lang, byte[] text, CancellationToken cancellation)
    {
        return HolderOf(recording) is { } holder && await WriteAsync(recording.RecordId, holder.Format, FileOf(lang), text, cancellation);
    }

    /// <summary>
    /// Names all tracks of the catalog in <c>captions.json</c>, beside those that stand there already. Repeated while others add tracks at the
    /// same time, so that the last to write has seen them all.
    /// </summary>
    /// <exception cref="IOException">It was not written.</exception>
    public async Task ListAsync(CatalogedRecording recording, CancellationToken cancellation)
    {
        if (HolderOf(recording) is not { } holder) return;
        for (var tries = 0; tries < Tries; tries++)
        {
            var listed = await ReadAsync(recording, cancellation);
            var tracks = await catalog.TextTracksAsync(recording.RecordId, cancellation);
            var all = listed.Where(entry => tracks.All(track => track.Lang != entry.Locale))
                .Concat(tracks.Select(track => new Entry(track.Lang, track.Label)))
                .OrderBy(entry => entry.Locale, StringComparer.Ordinal)
                .ToArray();
            if (all.SequenceEqual(listed)) return;
            if (!await WriteAsync(recording.RecordId, holder.Format, ListName, JsonSerializer.SerializeToUtf8Bytes(all, Json), cancellation)) return;
        }
    }

    private async Task<IReadOnlyList<Entry>> ReadAsync(CatalogedRecording recording, CancellationToken cancellation)
    {
        // Its place may have changed since the recording was read.
        if (await catalog.FindAsync(recording.RecordId, cancellation) is not { } now || HolderOf(now) is not { } holder) return [];
        await using var file = await storage.OpenAsync(new FormatFolder(holder.Place, holder.Format, recording.RecordId), ListName, cancellation);
        if (file is null) return [];
        try
        {
            return await JsonSerializer.DeserializeAsync<Entry[]>(file, Json, cancellation) ?? [];
        }
        catch (JsonException)
        {
            // Its node wrote something else: the list is made anew from the catalog.
            return [];
        }
    }

    private async Task<bool> WriteAsync(string recordId, string format, string name, byte[] bytes, CancellationToken cancellation)
    {
        using var content = new MemoryStream(bytes, writable: false);
        return await files.StoreAsync(recordId, format, name, content, cancellation);
    }

    private sealed record Entry([property: JsonPropertyName("locale")] string Locale, [property: JsonPropertyName("localeName")] string LocaleName);
}
