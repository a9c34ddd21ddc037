using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("small-disk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_full_disk_loses_nothing_and_the_import_goes_on_when_there_is_space()
    {
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"), "size=48k");
        await using var bench = await StartAsync(disk);
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await bench.DropAsync(archive);
        var import = await FailsAsync(bench, archive, "No space left on device");

        Assert.EndsWith(archive.Name, Assert.Single(bench.Left()), StringComparison.Ordinal);
        Assert.Equal(0, await bench.Database.ScalarAsync<long>("select count(*) from recording_format"));
        disk.Change("size=64m");
        // By itself, after a pause.
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.IsWholeAsync(archive);
        await bench.BecomesCleanAsync();
        Assert.Equal(1, (await bench.EventsAsync(Streams.Import(import))).OfType<ImportFailed>().First().Attempt);
    }

    [Fact]
    public async Task Wherever_in_its_way_the_disk_is_full_an_import_is_completed_in_the_end()
    {
        // With room for a few more files each time, it fails at one step after the other.
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"), "size=64m,nr_inodes=4");
        await using var bench = await StartAsync(disk);
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await bench.DropAsync(archive);
        var failures = 0;
        for (var files = 7; files < 200; files += 3, failures++)
        {
            if (await FailsOrCompletesAsync(bench, archive) is not { } import) break;
            Assert.EndsWith(archive.Name, Assert.Single(bench.Left()), StringComparison.Ordinal);
            await CataloguedIsWholeAsync(bench, archive);
            disk.Change($"nr_inodes={files}");
            await bench.AppendAsync(Streams.Import(import), new ImportRetried(import, DateTimeOffset.UtcNow));
        }

        Assert.True(failures > 5, $"it failed at {failures} places only");
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.EmptyAsync();
        await bench.IsWholeAsync(archive);
        await bench.BecomesCleanAsync();
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_is_waited_for()
    {
        using var disk = new SmallDisk(Path.Combine(_folder, "disk"), "size=64m");
        disk.Change("ro");
        await using var bench = await StartAsync(disk);
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await bench.DropAsync(archive);
        await FailsAsync(bench, archive, "Read-only file system");
        disk.Change("rw");
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.IsWholeAsync(archive);
    }

    [Fact]
    public async Task A_format_that_cannot_be_written_keeps_no_other_out()
    {
        await using var bench = await ImportBench.StartAsync();
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        // A file is where presentations should go.
        Directory.CreateDirectory(bench.Settings.Recordings.PublishFolder);
        var inTheWay = Path.Combine(bench.Settings.Recordings.PublishFolder, "presentation");
        await File.WriteAllTextAsync(inTheWay, "");
        await bench.DropAsync(archive);
        await FailsAsync(bench, archive, "");
        Assert.Equal(["video"], (await bench.RecordingAsync(archive.Meeting.RecordId))!.Formats.Keys);
        Assert.EndsWith(archive.Name, Assert.Single(bench.Left()), StringComparison.Ordinal);
        File.Delete(inTheWay);
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.IsWholeAsync(archive);
        await bench.EmptyAsync();
    }

    /// <summary>Both places on the disk; the spool is elsewhere.</summary>
    private static Task<ImportBench> StartAsync(SmallDisk disk) => ImportBench.StartAsync(change: settings => settings with
    {
        Recordings = settings.Recordings with { PublishFolder = Path.Combine(disk.Folder, "p"), UnpublishFolder = Path.Combine(disk.Folder, "u") },
    });

    private static async Task<Guid> FailsAsync(ImportBench bench, RecordingArchive archive, string why)
    {
        ImportRow? failed = null;
        await Eventually.HoldsAsync(
            $"it fails: {why}",
            async () => (failed = (await bench.ImportsAsync(archive.Name)).SingleOrDefault()) is { Attempts: > 0 } row
                && row.Reason!.Contains(why, StringComparison.Ordinal));
        return failed!.Id;
    }

    private static async Task<Guid?> FailsOrCompletesAsync(ImportBench bench, RecordingArchive archive)
    {
        ImportRow? row = null;
        await Eventually.HoldsAsync(
            "it fails or is completed",
            async () => (row = (await bench.ImportsAsync(archive.Name)).SingleOrDefault()) is { Attempts: > 0 } or { State: "completed" });
        return row!.State == "completed" ? null : row.Id;
    }

    private static async Task CataloguedIsWholeAsync(ImportBench bench, RecordingArchive archive)
    {
        var formats = await bench.Database.RowsAsync("select format from recording_format");
        await bench.IsWholeAsync(archive with { Formats = [.. archive.Formats.Where(format => formats.Any(row => (string)row[0]! == format.Name))] });
    }
}
