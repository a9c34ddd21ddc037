using Scalelite.Domain.Recordings;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Imports;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Faults.Imports;

/// <summary>Imports by real processes: killed, or without the right to write. Every step of an import, within one process: tests/Workers.Tests.</summary>
public sealed class ImportProcessTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("imports-").FullName;
    private Pool pool = null!;

    private string Spool => Path.Combine(folder, "spool");

    private string Published => Path.Combine(folder, "published");

    private string Unpublished => Path.Combine(folder, "unpublished");

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
                ["RECORDING_UNPUBLISH_DIR"] = Unpublished,
                ["RECORDING_IMPORT_POLL_INTERVAL"] = "1",
            },
        });
    }

    public async Task DisposeAsync()
    {
        await pool.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_import_that_is_killed_at_any_step_is_completed_by_the_next_process()
    {
        var archives = new List<RecordingArchive>();
        foreach (var step in ImportSteps.All)
        {
            // It may also take up an archive whose importer died before, and die over that one: at its step either way.
            var stopped = await pool.StartProcessAsync(("DOTNET_STARTUP_HOOKS", typeof(ImportProcessTests).Assembly.Location), ("SCALELITE_STOP_AT", step));
            archives.Add(await DropAsync(step));
            await stopped.ExitedAsync(TimeSpan.FromSeconds(60));
            await ArchivesOrRecordingsAreThereAsync(archives, step);
        }

        // Their claims end by themselves.
        await pool.StartProcessAsync();
        await CompletedAsync(archives);
    }

    [Fact]
    public async Task An_import_that_may_not_write_from_any_step_on_waits_for_the_right()
    {
        // Root writes everywhere, unless it gives that up.
        var under = Environment.IsPrivilegedProcess ? "setpriv --bounding-set=-dac_override --inh-caps=-all" : "";
        var order = Path.Combine(folder, "forbid");
        string[] folders = [Spool, Published, Unpublished];
        foreach (var one in folders) Directory.CreateDirectory(one);
        await pool.StartProcessAsync(
            (ScaleliteProcess.RunUnder, under), ("DOTNET_STARTUP_HOOKS", typeof(ImportProcessTests).Assembly.Location),
            ("SCALELITE_FORBID_FILE", order), ("SCALELITE_FORBID", string.Join(':', folders)));
        var archives = new List<RecordingArchive>();
        try
        {
            foreach (var step in ImportSteps.All)
            {
                var denied = await DeniedAsync();
                await File.WriteAllTextAsync(order, step);
                archives.Add(await DropAsync(step));
                await Eventually.HoldsAsync($"an import has come to {step}", () => !File.Exists(order), 60);
                // Behind the last format nothing is written but the archive removed.
                if (step is not (ImportSteps.Completed or ImportSteps.Removed))
                    await Eventually.HoldsAsync($"an import fails after {step} and says why", async () => await DeniedAsync() > denied, 60);
                await ArchivesOrRecordingsAreThereAsync(archives, step);
                foreach (var one in folders) FolderRights.Give(one);
            }
        }
        finally
        {
            foreach (var one in folders) FolderRights.Give(one);
        }

        await CompletedAsync(archives);
    }

    private Task<long> DeniedAsync() => pool.CountAsync(
        "select 1 from mt_events where type = 'import_failed' and data->>'Reason' ilike '%denied%'");

    private async Task<RecordingArchive> DropAsync(string room)
    {
        var archive = RecordingArchive.Of(RecordedMeeting.Of(room, DateTimeOffset.UtcNow));
        await archive.DropIntoAsync(Spool);
        return archive;
    }

    /// <summary>Never neither.</summary>
    private async Task ArchivesOrRecordingsAreThereAsync(List<RecordingArchive> archives, string step)
    {
        foreach (var archive in archives)
        {
            if (Archives().Any(path => path.EndsWith(archive.Name, StringComparison.Ordinal))) continue;
            Assert.True(await pool.CountAsync("select 1 from recording_format where record_id = $1", archive.Meeting.RecordId) == 2, $"{archive.Name} after {step}");
            await IsWholeAsync(archive);
        }
    }

    private async Task CompletedAsync(List<RecordingArchive> archives)
    {
        await Eventually.HoldsAsync(
            "the imports are completed",
            async () => await pool.CountAsync("select 1 from import_queue where state = 'completed'") == archives.Count, 120);
        await Eventually.HoldsAsync("the archives are removed", () => Archives().Count == 0, 60);
        foreach (var archive in archives)
        {
            Assert.Equal(2, await pool.CountAsync("select 1 from recording_format where record_id = $1", archive.Meeting.RecordId));
            await IsWholeAsync(archive);
        }

        await pool.ReadModelsAreWhatTheEventsSayAsync();
    }

    private async Task IsWholeAsync(RecordingArchive archive)
    {
        var storage = new DiskStorage(new() { PublishFolder = Published, UnpublishFolder = Unpublished });
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
    }

    private List<string> Archives() => [.. Directory.EnumerateFiles(Spool, "*.tar", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })];
}
