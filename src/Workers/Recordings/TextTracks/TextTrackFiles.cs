using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Recordings.TextTracks;

/// <summary>
/// Text tracks as the players find them: <c>caption_{lang}.vtt</c> in the folder of the presentation, or of the video where there is
/// none, and <c>captions.json</c>, which names them.
/// </summary>
public sealed partial class TextTrackFiles(RecordingCatalog catalog, RecordingFiles files, IRecordingStorage storage)
{
    private const string ListName = "captions.json";
    private const string Uploaded = "upload";
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

    /// <summary>Whether a text names a language, and so may be a part of a file's name.</summary>
    public static bool IsLanguage(string lang) => LanguageTag().IsMatch(lang);

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
            var all = Merge(listed, [.. tracks.Select(track => new Entry(track.Lang, track.Label))]);
            if (all.SequenceEqual(listed)) return;
            if (!await WriteAsync(recording.RecordId, holder.Format, ListName, JsonSerializer.SerializeToUtf8Bytes(all, Json), cancellation)) return;
        }
    }

    /// <summary>
    /// Takes the tracks that people uploaded along into a staged folder that is about to replace the one they lie in: what people added
    /// outlives an import. To be called under the recording's lock; repeated, it gives the same.
    /// </summary>
    /// <param name="staged">Full path of the folder.</param>
    public async Task CarryOverAsync(string recordId, string format, string staged, CancellationToken cancellation)
    {
        if (format is not ("presentation" or "video")) return;
        if (await catalog.FindAsync(recordId, cancellation) is not { State: not RecordingState.Deleted } recording || HolderOf(recording) is not { } holder) return;
        if (format != "presentation" && format != holder.Format) return;
        var from = new FormatFolder(holder.Place, holder.Format, recordId);
        var carried = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        foreach (var track in await catalog.TextTracksAsync(recordId, cancellation))
        {
            if (track.Source != Uploaded || await BytesAsync(from, FileOf(track.Lang), cancellation) is not { } text) continue;
            carried[FileOf(track.Lang)] = text;
            entries.Add(new Entry(track.Lang, track.Label));
        }

        if (carried.Count == 0) return;
        var listFile = Path.Combine(staged, ListName);
        var listed = File.Exists(listFile) ? Parse(await File.ReadAllBytesAsync(listFile, cancellation)) : [];
        carried[ListName] = JsonSerializer.SerializeToUtf8Bytes(Merge(listed, entries), Json);
        var lines = carried.Select(file => Manifest.Line(new ManifestLine(file.Key, file.Value.Length, Convert.ToHexStringLower(SHA256.HashData(file.Value)))));
        carried[Manifest.LaterFileName] = [.. lines.SelectMany(line => line.ToArray())];
        foreach (var (name, bytes) in carried)
        {
            await using var file = new FileStream(Path.Combine(staged, name), FileMode.Create, FileAccess.Write);
            await file.WriteAsync(bytes, cancellation);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>The tracks that an archive brought, as far as the catalog does not know them: those that its <c>captions.json</c> names and that are there.</summary>
    public async Task<IReadOnlyList<CatalogedTextTrack>> ArchivedAsync(FormatFolder folder, CancellationToken cancellation)
    {
        if (folder.Format is not ("presentation" or "video") || await BytesAsync(folder, ListName, cancellation) is not { } list) return [];
        var known = await catalog.TextTracksAsync(folder.RecordId, cancellation);
        var found = new List<CatalogedTextTrack>();
        foreach (var (lang, label) in Parse(list).DistinctBy(entry => entry.Locale, StringComparer.Ordinal))
        {
            if (known.Any(track => track.Lang == lang) || !IsLanguage(lang)) continue;
            if (await BytesAsync(folder, FileOf(lang), cancellation) is { } text)
            {
                found.Add(new CatalogedTextTrack("captions", lang, string.IsNullOrWhiteSpace(label) ? lang : label, "live", text.Length));
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<Entry>> ReadAsync(CatalogedRecording recording, CancellationToken cancellation)
    {
        // Its place may have changed since the recording was read.
        if (await catalog.FindAsync(recording.RecordId, cancellation) is not { } now || HolderOf(now) is not { } holder) return [];
        var bytes = await BytesAsync(new FormatFolder(holder.Place, holder.Format, recording.RecordId), ListName, cancellation);
        return bytes is null ? [] : Parse(bytes);
    }

    private async Task<byte[]?> BytesAsync(FormatFolder folder, string name, CancellationToken cancellation)
    {
        await using var file = await storage.OpenAsync(folder, name, cancellation);
        if (file is null) return null;
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    /// <summary>Where its node wrote something else, the list is made anew from the catalog.</summary>
    private static Entry[] Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry?[]>(json, Json)?.OfType<Entry>().Where(entry => entry.Locale is not null).ToArray() ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Entry[] Merge(IReadOnlyList<Entry> listed, IReadOnlyList<Entry> tracks) =>
    [
        .. listed.Where(entry => tracks.All(track => track.Locale != entry.Locale)).Concat(tracks).OrderBy(entry => entry.Locale, StringComparer.Ordinal),
    ];

    private async Task<bool> WriteAsync(string recordId, string format, string name, byte[] bytes, CancellationToken cancellation)
    {
        using var content = new MemoryStream(bytes, writable: false);
        return await files.StoreAsync(recordId, format, name, content, cancellation);
    }

    private sealed record Entry([property: JsonPropertyName("locale")] string Locale, [property: JsonPropertyName("localeName")] string LocaleName);

    [GeneratedRegex("^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
