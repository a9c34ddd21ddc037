using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>A file of a format as it was when it came.</summary>
/// <param name="Path">Relative to the format's folder, with slashes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record ManifestLine(string Path, long Bytes, string Sha256);

/// <summary>
/// What lies in a format's folder, a JSON object a line: <c>{"path":"audio/audio.webm","bytes":3,"sha256":"…"}</c>. The import writes it and
/// its own SHA-256 goes into the catalog, so it never changes; files that are stored later are listed in a second one, where the last line
/// of a path counts.
/// </summary>
public static class Manifest
{
    /// <summary>The manifest that came with the import.</summary>
    public const string FileName = ".manifest.jsonl";

    /// <summary>Files that were stored after the import.</summary>
    public const string LaterFileName = ".manifest-later.jsonl";

    /// <summary>Names the import that put the folder in place, a UUID, and after a space the folder that it was staged in.</summary>
    public const string ImportFileName = ".import";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether a path is one of these files, which no manifest lists.</summary>
    public static bool IsOwnFile(string path) => path is FileName or LaterFileName or ImportFileName;

    /// <summary>Writes the manifest into a folder that is not in place yet, and flushes it to the disk.</summary>
    /// <param name="folder">Full path of the format's folder.</param>
    /// <returns>Its SHA-256, lower-case hex: <c>RecordingFormat.ManifestSha256</c>.</returns>
    public static async Task<string> WriteAsync(string folder, IEnumerable<ManifestLine> lines, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(Path.Combine(folder, FileName), FileMode.Create, FileAccess.Write);
        foreach (var line in lines.OrderBy(line => line.Path, StringComparer.Ordinal))
        {
            var bytes = Line(line);
            hash.AppendData(bytes);
            await file.WriteAsync(bytes, cancellation);
        }

        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A line with its line feed, UTF-8.</summary>
    public static byte[] Line(ManifestLine line) => [.. JsonSerializer.SerializeToUtf8Bytes(line, Json), (byte)'\n'];

    /// <summary>The lines of a manifest, in order.</summary>
    /// <exception cref="InvalidDataException">A line is none.</exception>
    public static async IAsyncEnumerable<ManifestLine> ReadAsync(Stream manifest, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = new StreamReader(manifest, leaveOpen: true);
        for (var n = 1; await reader.ReadLineAsync(cancellation) is { } text; n++)
        {
            if (text.Length > 0) yield return Parse(text) ?? throw new InvalidDataException($"Line {n} of a manifest is none");
        }
    }

    private static ManifestLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ManifestLine>(text, Json) is { Path: not null, Sha256: not null } line ? line : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
