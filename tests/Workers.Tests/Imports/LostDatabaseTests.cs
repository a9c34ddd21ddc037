using Scalelite.Simulator.Recordings;
using Scalelite.Workers.Imports;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class LostDatabaseTests
{
    public static TheoryData<string> Steps => [.. ImportSteps.All];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_import_goes_on_by_itself_when_PostgreSQL_is_back_whenever_it_went(string step)
    {
        await using var bench = await ImportBench.StartAsync();
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        using (var cut = new AtStep(step, bench.Owns, bench.CutDatabase))
        {
            await bench.DropAsync(archive);
            await cut.Import;
        }

        // The archive, or the whole recording, is there.
        var folder = bench.Folder(Domain.Recordings.RecordingPlace.Published, "video", archive.Meeting.RecordId);
        Assert.True(bench.Left().Any(left => left.EndsWith(archive.Name, StringComparison.Ordinal)) || File.Exists(Path.Combine(folder, "video-0.m4v")));

        await bench.MendDatabaseAsync();
        await bench.BecomeAsync(archive.Name, "completed");
        await bench.EmptyAsync();
        await bench.IsWholeAsync(archive);
        await bench.BecomesCleanAsync();
    }
}
