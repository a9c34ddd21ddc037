using System.Globalization;
using System.Text;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Recordings of a test: files on the disk and their events, as an import leaves them.</summary>
internal sealed class Shelf(Balancer balancer, string folder)
{
    private const string Index = "<!DOCTYPE html><title>A lesson</title>";

    /// <summary>The recording's page, in every folder that is made here.</summary>
    public static byte[] Page => Encoding.UTF8.GetBytes(Index);

    /// <summary>An id as nodes make them, that no other test has.</summary>
    public static string NewId() => $"{Guid.NewGuid():n}{Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture)[..8]}-1700000000000";

    /// <summary>The folder of a format.</summary>
    public string FolderOf(string format, string id, RecordingPlace place = RecordingPlace.Published) =>
        Path.Combine(folder, place == RecordingPlace.Published ? "published" : "unpublished", format, id);

    /// <summary>A recording with one format, and the files that are named beside its index.html.</summary>
    public async Task<string> AddAsync(
        string format = "video",
        string tenant = "",
        bool isProtected = false,
        bool published = true,
        RecordingPlace? place = null,
        string? link = null,
        string? id = null,
        params (string Path, byte[] Bytes)[] files)
    {
        id ??= NewId();
        var where = place ?? (published ? RecordingPlace.Published : RecordingPlace.Unpublished);
        Write(format, id, where, "index.html", Page);
        foreach (var (path, bytes) in files) Write(format, id, where, path, bytes);
        var now = DateTimeOffset.UtcNow;
        await balancer.AppendAsync(Streams.Recording(id), new RecordingImported(
            id,
            tenant,
            Guid.CreateVersion7(),
            null,
            new RecordingDescription(
                id, "lesson", id, "Lesson", 1_700_000_000_000, 1_700_003_600_000, 2, null, false, null, [], new Dictionary<string, string>()),
            new RecordingFormat(format, link ?? $"/{format}/{id}/", 60, null, null, [], 1 + files.Length, 0, null),
            where,
            published,
            now));
        if (isProtected) await balancer.AppendAsync(Streams.Recording(id), new RecordingProtected(id, true, now));
        return id;
    }

    /// <summary>What happens to a recording, as another instance does it.</summary>
    public Task HappensAsync(string id, object happened) => balancer.AppendAsync(Streams.Recording(id), happened);

    public void Write(string format, string id, RecordingPlace place, string path, byte[] bytes)
    {
        var file = Path.Combine(FolderOf(format, id, place), path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }
}
