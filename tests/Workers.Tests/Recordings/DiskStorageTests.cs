using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

/// <summary>Published and unpublished recordings on one volume.</summary>
public sealed class DiskStorageTests() : DiskStorageContract(Path.GetTempPath(), Path.GetTempPath());

/// <summary>On two: files are copied.</summary>
public sealed class TwoVolumesStorageTests() : DiskStorageContract(Path.GetTempPath(), "/dev/shm")
{
    [Fact]
    public async Task They_are_two_volumes_and_a_copy_keeps_the_time_of_its_file()
    {
        var folder = new FormatFolder(RecordingPlace.Published, "video", "times-1");
        var file = Path.Combine(Settings.PublishFolder, "video", "times-1", "video-0.m4v");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "x");
        File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        Assert.False(DurableFolders.TryRename(Path.GetDirectoryName(file)!, Path.Combine(Settings.UnpublishFolder, "video", "times-1")));

        Assert.True(await Storage.MoveAsync("times-1", "video", RecordingPlace.Unpublished, default));

        var moved = await Storage.FilesAsync(folder with { Place = RecordingPlace.Unpublished }, default).SingleAsync();
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero), moved.ModifiedAt);
    }
}

/// <summary>The contract for folders.</summary>
public abstract class DiskStorageContract(string publishedOn, string unpublishedOn) : RecordingStorageContract
{
    private readonly string _name = $"scalelite-storage-{Guid.NewGuid():n}";

    protected override IRecordingStorage Storage => new DiskStorage(Settings);

    private protected RecordingSettings Settings => new()
    {
        PublishFolder = Path.Combine(publishedOn, _name, "published"),
        UnpublishFolder = Path.Combine(unpublishedOn, _name, "unpublished"),
    };

    public override Task InitializeAsync()
    {
        Directory.CreateDirectory(Settings.PublishFolder);
        Directory.CreateDirectory(Settings.UnpublishFolder);
        return Task.CompletedTask;
    }

    public override Task DisposeAsync()
    {
        foreach (var volume in new[] { publishedOn, unpublishedOn }.Distinct()) DurableFolders.Remove(Path.Combine(volume, _name));
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Files_lie_as_Scalelite_lays_them_out()
    {
        var folder = new FormatFolder(RecordingPlace.Unpublished, "video", "a-1");
        var staged = Storage.TargetOf(Guid.NewGuid(), folder);
        Directory.CreateDirectory(staged.Staged);
        await File.WriteAllTextAsync(Path.Combine(staged.Staged, "metadata.xml"), "<recording/>");

        await Storage.PutInPlaceAsync(staged, default);
        Assert.True(File.Exists(Path.Combine(Settings.UnpublishFolder, "video", "a-1", "metadata.xml")));
        await Storage.MoveAsync("a-1", "video", RecordingPlace.Published, default);
        Assert.True(File.Exists(Path.Combine(Settings.PublishFolder, "video", "a-1", "metadata.xml")));
    }

    [Fact]
    public async Task A_machine_without_the_volumes_takes_no_files_for_removed()
    {
        var elsewhere = new DiskStorage(new RecordingSettings { PublishFolder = "/nowhere/published", UnpublishFolder = "/nowhere/unpublished" });

        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => elsewhere.RemoveAsync("a-1", "video", default));
        Assert.False(await elsewhere.MoveAsync("a-1", "video", RecordingPlace.Published, default));
    }

    protected override IRecordingStorage DyingAfter(int steps) => new DiskStorage(Settings, () =>
    {
        if (steps-- <= 0) throw new KilledException();
    });

    protected override bool IsDeath(Exception exception) => exception is KilledException;

    protected override async Task<string> FetchAsync(PlaybackLocation location) =>
        await File.ReadAllTextAsync(Assert.IsType<PlaybackLocation.OnDisk>(location).FullPath);

    private sealed class KilledException : Exception;
}
