using Scalelite.Simulator.Recordings;
using Scalelite.Workers.Imports;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>A process dies at each step of an import, and the next one goes on. The same with real processes: tests/Faults.</summary>
public sealed class KilledImportTests
{
    public static TheoryData<string> Steps => [.. ImportSteps.All];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_import_whose_process_died_at_any_step_is_completed_by_the_next(string step)
    {
        await using var bench = await ImportBench.StartAsync();
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await StopAsync(bench, step, archive);
        // Once all is in the catalog, whoever looks at the spool may remove the archive.
        Assert.True(bench.Left().Count > 0 || step is ImportSteps.Completed or ImportSteps.Removed, "neither the archive nor the recording is there");
        if (bench.Left().Count == 0) await bench.IsWholeAsync(archive);

        await bench.KillAsync();
        await bench.AddHostAsync();

        await bench.BecomeAsync(archive.Name, "completed");
        await bench.EmptyAsync();
        await bench.IsWholeAsync(archive);
        await bench.BecomesCleanAsync();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_newer_archive_of_the_name_that_comes_at_any_step_brings_its_format_too(string step)
    {
        await using var bench = await ImportBench.StartAsync();
        var meeting = ImportBench.Meeting();
        var first = new RecordingArchive(meeting, [RecordedFormats.Presentation(meeting)]);
        var second = new RecordingArchive(meeting, [RecordedFormats.Presentation(meeting), RecordedFormats.Video(meeting)]);
        await StopAsync(bench, step, first);

        // A second process takes the newer one while the first stands still, and both go on when that is gone.
        await bench.DropAsync(second);
        await bench.AddHostAsync();
        await Testing.Eventually.HoldsAsync("the newer one is taken", () => !File.Exists(Path.Combine(bench.Spool, second.Name)));
        await bench.KillAsync();

        await bench.BecomeAsync(first.Name, "completed", archives: 2);
        await bench.EmptyAsync();
        await bench.IsWholeAsync(second);
        Assert.Equal(2, (await bench.RecordingAsync(meeting.RecordId))!.Formats.Count);
        await bench.BecomesCleanAsync();
    }

    [Fact]
    public async Task An_older_folder_is_served_until_the_new_one_is_whole()
    {
        await using var bench = await ImportBench.StartAsync();
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.EmptyAsync();
        await StopAsync(bench, ImportSteps.Staged, archive);
        await bench.IsWholeAsync(archive);
        await bench.KillAsync();
        await bench.AddHostAsync();
        await bench.BecomeAsync(archive.Name, "completed", archives: 2);
        await bench.IsWholeAsync(archive);
    }

    private static async Task StopAsync(ImportBench bench, string step, RecordingArchive archive)
    {
        using var stop = new AtStep(step, bench.Owns);
        await bench.DropAsync(archive);
        await stop.Import;
    }
}
