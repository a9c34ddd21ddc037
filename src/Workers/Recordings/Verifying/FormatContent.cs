using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Recordings.Verifying;

/// <summary>The files of a format beside its manifest.</summary>
/// <param name="manifestSha256">Of the manifest, as the catalog has it; null where it has none.</param>
internal sealed class FormatContent(IRecordingStorage storage, FormatFolder folder, string? manifestSha256)
{
    /// <summary>What differs.</summary>
    public async IAsyncEnumerable<Finding> CompareAsync(VerifyProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (lines, trouble) = await ListedAsync(cancellation);
        if (trouble is not null) yield return Found(FindingKind.ManifestAltered, Manifest.FileName, trouble);
        if (lines is null)
        {
            if (trouble is null) progress.WithoutManifest++;
            yield break;
        }

        await foreach (var file in storage.FilesAsync(folder, cancellation))
        {
            if (lines.Remove(file.Path, out var line))
            {
                progress.Files++;
                if (await DifferenceAsync(file, line, cancellation) is { } difference) yield return Found(FindingKind.FileAltered, file.Path, difference);
            }
            else if (file.Path[0] != '.')
            {
                yield return Found(FindingKind.FileUnlisted, file.Path, "no manifest lists it");
            }
        }

        foreach (var path in lines.Keys.Order(StringComparer.Ordinal)) yield return Found(FindingKind.FileMissing, path, "it is not there");
    }

    private Finding Found(FindingKind kind, string path, string detail) => new(kind, folder.RecordId, folder.Format, folder.Place, path, detail);

    private async Task<string?> DifferenceAsync(StoredFile file, ManifestLine line, CancellationToken cancellation)
    {
        if (file.Bytes != line.Bytes) return $"it has {file.Bytes} bytes instead of {line.Bytes}";
        await using var content = await storage.OpenAsync(folder, file.Path, cancellation);
        if (content is null) return "it cannot be opened";
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
        return sha256 == line.Sha256 ? null : $"its SHA-256 is {sha256} instead of {line.Sha256}";
    }

    /// <summary>The files that are listed, and what is wrong with the list.</summary>
    private async Task<(Dictionary<string, ManifestLine>? Lines, string? Trouble)> ListedAsync(CancellationToken cancellation)
    {
        await using var manifest = await storage.OpenAsync(folder, Manifest.FileName, cancellation);
        if (manifest is null) return (null, manifestSha256 is null ? null : "the manifest is not there");
        using var bytes = new MemoryStream();
        await manifest.CopyToAsync(bytes, cancellation);
        if (manifestSha256 is not null && Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))) != manifestSha256)
            return (null, "the manifest is not the one that the import wrote");
        bytes.Position = 0;
        var lines = new Dictionary<string, ManifestLine>(StringComparer.Ordinal);
        try
        {
            await foreach (var line in Manifest.ReadAsync(bytes, cancellation)) lines[line.Path] = line;
            await using var later = await storage.OpenAsync(folder, Manifest.LaterFileName, cancellation);
            if (later is null) return (lines, null);
            await foreach (var line in Manifest.ReadAsync(later, cancellation)) lines[line.Path] = line;
            return (lines, null);
        }
        catch (InvalidDataException e)
        {
            return (null, e.Message);
        }
    }
}
