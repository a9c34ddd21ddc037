using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Recordings.Verifying;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

/// <summary>Publishing and unpublishing from volume to volume, where the other one is full or cannot be written.</summary>
public sealed class FullVolumeTests : IDisposable
{
    private const string Format = "video";
    private const string RecordId = "a-1700000000000";
    private static readonly string[] Paths = ["metadata.xml", "media/a.webm", "media/more/b.webm", ".manifest.jsonl"];

    private readonly string _folder = Directory.CreateTempSubdirectory("full-volume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(RecordingPlace.Published)]
    [InlineData(RecordingPlace.Unpublished)]
    public async Task Wherever_in_its_way_the_other_volume_is_full_a_move_loses_nothing_and_is_completed_in_the_end(RecordingPlace to)
    {
        using var small = new SmallDisk(Path.Combine(_folder, "small"), "size=64m,nr_inodes=2");
        var (here, there) = (Path.Combine(_folder, "large"), Path.Combine(small.Folder, "r"));
        var settings = to == RecordingPlace.Published
            ? new RecordingSettings { PublishFolder = there, UnpublishFolder = here }
            : new RecordingSettings { PublishFolder = here, UnpublishFolder = there };
        var storage = new DiskStorage(settings);
        Write(Path.Combine(here, Format, RecordId));
        var failures = 0;
        for (var files = 3; files < 60; files++, failures++)
        {
            if (await MovesAsync(storage, to)) break;
            Assert.Single(Wholes(here).Concat(Wholes(small.Folder)));
            // Not in sight where it has not arrived, and nothing of it stays on a full disk.
            Assert.False(Directory.Exists(Path.Combine(there, Format, RecordId)));
            Assert.Empty(Directory.EnumerateFiles(small.Folder, "*", SearchOption.AllDirectories));
            small.Change($"nr_inodes={files}");
        }

        Assert.True(failures > 5, $"it failed at {failures} places only");
        Assert.Equal([Path.Combine(there, Format, RecordId)], Wholes(small.Folder));
        Assert.Empty(Directory.EnumerateFiles(here, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("size=64m,nr_inodes=4", "nr_inodes=1000")]
    [InlineData("size=64m", "rw")]
    public async Task What_a_volume_does_not_take_is_unpublished_all_the_same_and_moves_by_itself_when_there_is_room(string options, string mended)
    {
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"), options);
        if (mended == "rw") disk.Change("ro");
        await using var library = await RecordingLibrary.OpenAsync(hosts: 1, unpublished: disk.Folder);
        var id = await library.ImportAsync();

        Assert.Equal(new RecordingOutcome.Done(FilesSettled: false), await library.Get<RecordingOperations>().UnpublishAsync(id, RecordingLibrary.By, default));
        Assert.Equal("unpublished", await library.Pool.Database.ScalarAsync<string>("select state from recording_catalog where record_id = $1", id));
        Assert.Equal(2, await library.WorkAsync());
        foreach (var format in new[] { "video", "presentation" })
            Assert.Single(Directory.EnumerateFiles(Path.Combine(library.Folder, "published"), "a.webm", SearchOption.AllDirectories), file => file.Contains($"/{format}/{id}/", StringComparison.Ordinal));
        disk.Change(mended);

        await Eventually.HoldsAsync("it is moved", async () => await library.WorkAsync() == 0, 90);
        Assert.Equal(("unpublished", "unpublished"), (library.Where(id), library.Where(id, "presentation")));
        Assert.Empty(await library.Get<RecordingVerification>().VerifyAsync(new VerifyOptions(Content: true), new VerifyProgress(), default).ToListAsync());
    }

    private static async Task<bool> MovesAsync(DiskStorage storage, RecordingPlace to)
    {
        try
        {
            Assert.True(await storage.MoveAsync(RecordId, Format, to, default));
            return true;
        }
        catch (IOException full) when (full.Message.Contains("No space left on device", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static void Write(string folder)
    {
        foreach (var path in Paths)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"the text of {path}");
        }
    }

    /// <summary>Every folder that holds the recording with all its files as they were.</summary>
    private static IEnumerable<string> Wholes(string root) =>
        Directory.EnumerateDirectories(root, RecordId, SearchOption.AllDirectories).Where(folder => Paths.All(path =>
            File.Exists(Path.Combine(folder, path)) && File.ReadAllText(Path.Combine(folder, path)) == $"the text of {path}"));
}
