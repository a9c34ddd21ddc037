using System.Runtime.Versioning;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Recordings;
using Scalelite.Simulator.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Imports;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class ImportTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private ImportBench _bench = null!;

    public async Task InitializeAsync() => _bench = await ImportBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_in_the_spool_becomes_a_recording_and_goes(bool compressed)
    {
        var archive = RecordingArchive.Of(ImportBench.Meeting()) with { Compressed = compressed };
        await _bench.DropAsync(archive);

        var import = Assert.Single(await _bench.BecomeAsync(archive.Name, "completed"));
        await _bench.EmptyAsync();
        await _bench.IsWholeAsync(archive);
        await _bench.BecomesCleanAsync();
        Assert.Equal((2, 2, 0, "spool"), (import.Formats, import.Imported, import.Attempts, import.Source));
        Assert.Equal(
            [
                typeof(ArchiveReceived), typeof(ArchiveChecked),
                typeof(FormatStaged), typeof(FormatInPlace), typeof(FormatImported),
                typeof(FormatStaged), typeof(FormatInPlace), typeof(FormatImported),
                typeof(ImportCompleted),
            ],
            (await _bench.EventsAsync(Streams.Import(import.Id))).Select(e => e.GetType()));
        var recording = await _bench.RecordingAsync(archive.Meeting.RecordId);
        Assert.Equal((RecordingState.Published, "room", ""), (recording!.State, recording.MeetingId, recording.TenantId));
        Assert.Equal(["presentation", "video"], recording.Formats.Keys.Order());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_are_ours_and_readable_by_all_whatever_the_archive_says()
    {
        var meeting = ImportBench.Meeting();
        await _bench.DropAsync("odd.tar", TarBuilder.Archive(meeting.RecordId, tar => tar
            .Folder($"notes/{meeting.RecordId}/deep", mode: 0).File($"notes/{meeting.RecordId}/deep/notes.pdf", "pdf", mode: 0b100_111_111_111)));
        await _bench.BecomeAsync("odd.tar", "completed");
        var file = Path.Combine(_bench.Folder(RecordingPlace.Published, "notes", meeting.RecordId), "deep", "notes.pdf");
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(file));
        Assert.True(File.GetUnixFileMode(Path.GetDirectoryName(file)!).HasFlag(UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.UserWrite));
        Assert.Equal(TarBuilder.ModifiedAt.UtcDateTime, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public async Task The_same_archive_twice_is_one_recording()
    {
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed");
        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed", archives: 2);

        await _bench.EmptyAsync();
        await _bench.IsWholeAsync(archive);
        await _bench.BecomesCleanAsync();
        Assert.Equal(1, await _bench.Database.ScalarAsync<long>("select count(*) from recording_catalog"));
        Assert.Equal(2, await _bench.Database.ScalarAsync<long>("select count(*) from recording_format"));
    }

    [Fact]
    public async Task A_new_format_is_added_to_an_old_recording()
    {
        var meeting = ImportBench.Meeting();
        var first = new RecordingArchive(meeting, [RecordedFormats.Presentation(meeting)]);
        await _bench.DropAsync(first);
        await _bench.BecomeAsync(first.Name, "completed");
        var second = new RecordingArchive(meeting, [RecordedFormats.Presentation(meeting), RecordedFormats.Video(meeting)]);
        await _bench.DropAsync(second);
        await _bench.BecomeAsync(first.Name, "completed", archives: 2);
        await _bench.IsWholeAsync(second);
        Assert.Equal(2, (await _bench.RecordingAsync(meeting.RecordId))!.Formats.Count);
    }

    [Fact]
    public async Task What_people_changed_survives_a_second_import()
    {
        var meeting = ImportBench.Meeting() with { Metadata = new Dictionary<string, string> { ["subject"] = "physics", ["origin"] = "moodle" } };
        var archive = RecordingArchive.Of(meeting);
        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed");
        await _bench.AppendAsync(
            Streams.Recording(meeting.RecordId),
            new RecordingUnpublished(meeting.RecordId, At),
            new RecordingProtected(meeting.RecordId, true, At),
            new RecordingMetadataChanged(meeting.RecordId, new Dictionary<string, string> { ["subject"] = "chemistry" }, ["origin"], At));

        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed", archives: 2);

        var recording = (await _bench.RecordingAsync(meeting.RecordId))!;
        Assert.Equal((RecordingState.Unpublished, true, "chemistry"), (recording.State, recording.Protected, recording.Metadata["subject"]));
        Assert.False(recording.Metadata.ContainsKey("origin"));
        await _bench.IsWholeAsync(archive, RecordingPlace.Unpublished);
        Assert.False(Directory.Exists(_bench.Folder(RecordingPlace.Published, "video", meeting.RecordId)));
    }

    [Fact]
    public async Task A_recording_comes_in_as_its_node_published_it()
    {
        var id = ImportBench.Meeting().RecordId;
        await _bench.DropAsync("hidden.tar", TarBuilder.Archive(id, metadata: TarBuilder.Metadata(id).Replace(
            "<published>true</published>", "<published>false</published>", StringComparison.Ordinal)));
        await _bench.BecomeAsync("hidden.tar", "completed");
        Assert.Equal(RecordingState.Unpublished, (await _bench.RecordingAsync(id))!.State);
        Assert.True(Directory.Exists(_bench.Folder(RecordingPlace.Unpublished, "notes", id)));
    }

    [Fact]
    public async Task A_deleted_recording_comes_back_only_when_it_is_restored()
    {
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        var stream = Streams.Recording(archive.Meeting.RecordId);
        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed");
        await _bench.AppendAsync(
            stream,
            new RecordingDeleted(archive.Meeting.RecordId, "a person", At),
            new RecordingFormatRemoved(archive.Meeting.RecordId, "presentation", At),
            new RecordingFormatRemoved(archive.Meeting.RecordId, "video", At));
        await _bench.Database.ExecuteAsync("update import_queue set name = 'before'");

        await _bench.DropAsync(archive);
        var import = Assert.Single(await _bench.BecomeAsync(archive.Name, "quarantined"));
        Assert.Contains("was deleted", import.Reason, StringComparison.Ordinal);
        await _bench.IsQuarantinedAsync(import.Id, archive.Name);

        await _bench.AppendAsync(stream, new RecordingRestored(archive.Meeting.RecordId, At));
        await _bench.AppendAsync(Streams.Import(import.Id), new ImportRetried(import.Id, At));
        await _bench.BecomeAsync(archive.Name, "completed");
        await _bench.IsWholeAsync(archive);
        await _bench.EmptyAsync();
    }

    [Fact]
    public async Task One_bad_format_keeps_no_other_out_and_the_archive_is_kept()
    {
        var id = ImportBench.Meeting().RecordId;
        await _bench.DropAsync("half.tar", TarBuilder.Archive(id, tar => tar
            .File($"video/{id}/metadata.xml", "<recording>").File($"podcast/{id}/audio.ogg", "ogg").File($"screenshare/{id}/metadata.xml", TarBuilder.Metadata("other-1531155809613"))));
        var import = Assert.Single(await _bench.BecomeAsync("half.tar", "quarantined"));
        Assert.Contains($"video/{id}: of its metadata.xml, its XML is ill-formed", import.Reason, StringComparison.Ordinal);
        Assert.Contains($"podcast/{id}: it has no metadata.xml", import.Reason, StringComparison.Ordinal);
        Assert.Contains($"screenshare/{id}: its metadata.xml describes 'other-1531155809613'", import.Reason, StringComparison.Ordinal);
        Assert.Equal(["notes"], (await _bench.RecordingAsync(id))!.Formats.Keys);
        await _bench.IsQuarantinedAsync(import.Id, "half.tar");
        await _bench.BecomesCleanAsync();
    }

    [Fact]
    public async Task An_archive_that_a_person_mends_in_quarantine_brings_all_that_is_in_it_then()
    {
        var id = ImportBench.Meeting().RecordId;
        await _bench.DropAsync("torn.tar", TarBuilder.Archive(id, tar => tar.File($"video/{id}/metadata.xml", "<recording>")));
        var import = Assert.Single(await _bench.BecomeAsync("torn.tar", "quarantined")).Id;
        await _bench.IsQuarantinedAsync(import, "torn.tar");

        var mended = new TarBuilder().File($"video/{id}/metadata.xml", TarBuilder.Metadata(id))
            .File($"notes/{id}/metadata.xml", TarBuilder.Metadata(id)).File($"notes/{id}/notes.pdf", "a better pdf").ToBytes();
        await File.WriteAllBytesAsync(Path.Combine(_bench.Spool, ".quarantine", import.ToString(), "torn.tar"), mended);
        await _bench.AppendAsync(Streams.Import(import), new ImportRetried(import, DateTimeOffset.UtcNow));

        await _bench.BecomeAsync("torn.tar", "completed");
        Assert.Equal(["notes", "video"], (await _bench.RecordingAsync(id))!.Formats.Keys.Order());
        Assert.Equal("a better pdf", await File.ReadAllTextAsync(Path.Combine(_bench.Settings.Recordings.PublishFolder, "notes", id, "notes.pdf")));
        await _bench.BecomesCleanAsync();
    }

    [Fact]
    public async Task Who_waits_for_a_recording_hears_of_it_in_the_transaction_that_ends_its_import()
    {
        var import = Guid.CreateVersion7();
        await _bench.AppendAsync(
            Streams.Import(import),
            new ArchiveReceived(import, "told.tar", 1, ArchiveSource.Spool, null, At),
            new ArchiveChecked(import, [new("r1", "notes"), new("r1", "video"), new("r2", "notes")], 3, 3, At),
            new FormatImported(import, "r1", "notes", At), new FormatImported(import, "r1", "video", At),
            new FormatRefused(import, "r2", "notes", "why", At));
        await using var session = _bench.Store.LightweightSession();
        var sent = await FinishImportHandler.Handle(new FinishImport(import), session, TimeProvider.System, CancellationToken.None);
        Assert.Equal([new RecordingArrived(import, "r1")], sent);
        await session.SaveChangesAsync();
        await using var again = _bench.Store.LightweightSession();
        Assert.Empty(await FinishImportHandler.Handle(new FinishImport(import), again, TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public async Task A_recording_belongs_to_the_run_of_its_meeting()
    {
        var meeting = ImportBench.Meeting("lesson");
        var instance = Guid.CreateVersion7();
        await _bench.AppendAsync(
            Streams.Meeting(instance),
            TestPool.Placed(instance, "n1", "lesson", At.AddSeconds(25)),
            new MeetingStarted(instance, "n1", meeting.RecordId, 1, null, true, null, 1, At));
        var archive = RecordingArchive.Of(meeting);
        await _bench.DropAsync(archive);
        await _bench.BecomeAsync(archive.Name, "completed");
        Assert.All(
            (await _bench.EventsAsync(Streams.Recording(meeting.RecordId))).OfType<RecordingImported>(), imported => Assert.Equal(instance, imported.Instance));
    }
}

public sealed class ImportSettingTests
{
    [Fact]
    public async Task New_recordings_come_in_unpublished_where_that_is_set_and_old_ones_as_they_are()
    {
        await using var bench = await ImportBench.StartAsync(change: s => s with { Imports = s.Imports with { Unpublished = true } });
        var archive = RecordingArchive.Of(ImportBench.Meeting());
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed");
        Assert.Equal(RecordingState.Unpublished, (await bench.RecordingAsync(archive.Meeting.RecordId))!.State);
        await bench.IsWholeAsync(archive, RecordingPlace.Unpublished);

        await bench.AppendAsync(Streams.Recording(archive.Meeting.RecordId), new RecordingPublished(archive.Meeting.RecordId, DateTimeOffset.UtcNow));
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed", archives: 2);
        await bench.IsWholeAsync(archive);
    }

    [Fact]
    public async Task With_tenants_the_metadata_of_the_create_says_whose_a_recording_is()
    {
        await using var bench = await ImportBench.StartAsync(change: s => s with { Multitenancy = new MultitenancySettings { Enabled = true } });
        var archive = RecordingArchive.Of(ImportBench.Meeting() with { Metadata = new Dictionary<string, string> { ["tenant-id"] = "t1" } });
        await bench.DropAsync(archive);
        await bench.BecomeAsync(archive.Name, "completed");
        Assert.Equal("t1", (await bench.RecordingAsync(archive.Meeting.RecordId))!.TenantId);
    }
}
