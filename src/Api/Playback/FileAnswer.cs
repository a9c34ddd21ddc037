using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Scalelite.Api.Playback;

/// <summary>Answers with a file of this machine: by ranges and conditions as the request asks (RFC 9110).</summary>
internal static class FileAnswer
{
    /// <summary>Caches ask again each time, so that what is unpublished is gone at once.</summary>
    public const string ForEverybody = "no-cache";

    /// <summary>As <see cref="ForEverybody"/>, and no cache between keeps it.</summary>
    public const string ForOnePerson = "private, no-cache";

    /// <summary>The file; null where there is none that may be sent.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="linkFree">How many names at the path's end must not be symbolic links: those below a folder that came in an archive.</param>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static IResult? Open(string path, int linkFree)
    {
        if (HasLink(path, linkFree) || !File.Exists(path)) return null;
        FileStream stream;
        try
        {
            // No buffer of its own: what sends it has one.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: true);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            // Of the open file, so that both are of the bytes that are sent, whatever takes its name meanwhile.
            var modifiedAt = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            var tag = string.Create(CultureInfo.InvariantCulture, $"\"{modifiedAt.Ticks:x}-{stream.Length:x}\"");
            return TypedResults.Stream(
                stream, ContentTypes.Of(path), lastModified: modifiedAt, entityTag: new EntityTagHeaderValue(tag), enableRangeProcessing: true);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static bool HasLink(string path, int names)
    {
        for (string? part = path; names > 0 && part is not null; names--, part = Path.GetDirectoryName(part))
        {
            if (new FileInfo(part).LinkTarget is not null) return true;
        }

        return false;
    }
}
