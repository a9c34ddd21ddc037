using System.Runtime.Versioning;
using Scalelite.Domain.Recordings;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Faults.Imports;

/// <summary>Imports by real processes: killed, or without the right to write. Every step of an import, within one process: tests/Workers.Tests.</summary>
public sealed class ImportProcessTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("imports-").FullName;
    private Pool pool = null!;

    private string Spool => Path.Combine(folder, "spool");

    private string Published => Path.Combine(folder, "published");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Spool);
        pool = await Pool.StartAsync(new PoolPlan
        {
            Nodes = 0,
            Instances = 0,
            Settings = new Dictionary<string, string>
            {
                ["RECORDING_SPOOL_DIR"] = Spool,
                ["RECORDING_PUBLISH_DIR"] = Published,
                ["RECORDING_UNPUBLISH_DIR"] = Path.Combine(folder, "unpublished"),
                ["RECORDING_IMPORT_POLL_INTERVAL"] = "1",
            },
        });
    }

    public async Task DisposeAsync()
    {
        await pool.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("import.taken")]
    [InlineData("import.unpacked")]
    [InlineData("import.placed")]
    public async Task An_import_whose_process_is_killed_is_completed_by_the_next(string step)
    {
        var archive = RecordingArchive.Of(RecordedMeeting.Of("room", DateTimeOffset.UtcNow));
        var stopped = await pool.StartProcessAsync(("DOTNET_STARTUP_HOOKS", typeof(ImportProcessTests).Assembly.Location), ("SCALELITE_STOP_AT", step));
        await archive.DropIntoAsync(Spool);
        await stopped.ExitedAsync(TimeSpan.FromSeconds(60));
        Assert.EndsWith(archive.Name, Assert.Single(Archives()), StringComparison.Ordinal);

        // Its claim ends by itself.
        await pool.StartProcessAsync();
        await CompletedAsync(archive);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Where_a_process_may_not_write_the_archive_waits_for_the_right()
    {
        // Root writes everywhere, unless it gives that up.
        var under = Environment.IsPrivilegedProcess ? "setpriv --bounding-set=-dac_override --inh-caps=-all" : "";
        Directory.CreateDirectory(Published);
        File.SetUnixFileMode(Published, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            await pool.StartProcessAsync((ScaleliteProcess.RunUnder, under));
            var archive = RecordingArchive.Of(RecordedMeeting.Of("room", DateTimeOffset.UtcNow));
            await archive.DropIntoAsync(Spool);
            await Eventually.HoldsAsync(
                "the import fails, and says why",
                async () => await pool.CountAsync("select 1 from import_queue where attempts > 0 and (reason ilike '%denied%')") == 1);
            Assert.EndsWith(archive.Name, Assert.Single(Archives()), StringComparison.Ordinal);

            File.SetUnixFileMode(Published, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await CompletedAsync(archive);
        }
        finally
        {
            File.SetUnixFileMode(Published, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task CompletedAsync(RecordingArchive archive)
    {
        await Eventually.HoldsAsync(
            "the import is completed", async () => await pool.CountAsync("select 1 from import_queue where state = 'completed'") == 1, 60);
        await Eventually.HoldsAsync("the archive is removed", () => Archives().Count == 0);
        Assert.Equal(2, await pool.CountAsync("select 1 from recording_format where record_id = $1", archive.Meeting.RecordId));
        var storage = new DiskStorage(new() { PublishFolder = Published, UnpublishFolder = Path.Combine(folder, "unpublished") });
        foreach (var format in archive.Formats)
        {
            foreach (var file in format.Files)
            {
                await using var stored = await storage.OpenAsync(
                    new FormatFolder(RecordingPlace.Published, format.Name, archive.Meeting.RecordId), file.Path, CancellationToken.None);
                using var bytes = new MemoryStream();
                await stored!.CopyToAsync(bytes);
                Assert.Equal(file.Content.ToArray(), bytes.ToArray());
            }
        }

        await pool.ReadModelsAreWhatTheEventsSayAsync();
    }

    private List<string> Archives() => [.. Directory.EnumerateFiles(Spool, "*.tar", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })];
}
