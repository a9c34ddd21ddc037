using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Simulator.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class ProtectedImportTests
{
    [Fact]
    public async Task Where_recordings_can_be_protected_a_new_one_is_and_stays_what_people_make_of_it()
    {
        await using var bench = await ImportBench.StartAsync(
            change: settings => settings with { Playback = new PlaybackSettings { ProtectionEnabled = true } });
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        var id = archive.Meeting.RecordId;
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed");
        Assert.True((await bench.RecordingAsync(id))!.Protected);

        await bench.AppendAsync(Streams.Recording(id), new RecordingProtected(id, false, DateTimeOffset.UtcNow));
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed", archives: 2);
        Assert.False((await bench.RecordingAsync(id))!.Protected);
    }
}
