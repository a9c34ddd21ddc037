using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Recordings;

public sealed class RecordingTablesTests : IAsyncLifetime
{
    private PoolHistory _history = null!;
    private RecordingCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        _catalog = new RecordingCatalog(_history.Database.Source);
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_recording_is_read_with_everything_that_its_import_told()
    {
        await _history.AppendAsync(GivenRecording.Imported("rec-1", "room", "t1", metadata: [("A", "1"), ("b", "")]));
        await _history.AppendAsync(GivenRecording.Imported("rec-1", "room", "t1", "video", metadata: [("A", "1"), ("b", "")]));

        var recording = await FindAsync("rec-1");

        Assert.Equal(
            ("t1", "room", "rec-1", "Name of room", RecordingState.Published, false, 1_700_000_000_000, 1_700_000_060_000, 3, 123_456, true),
            (recording.TenantId, recording.MeetingId, recording.InternalMeetingId, recording.Name, recording.State, recording.Protected,
                recording.StartTime, recording.EndTime, recording.Participants, recording.RawSize, recording.IsBreakout));
        Assert.Equal(new BreakoutOf("parent", 2, false), recording.Breakout);
        Assert.Equal(["a", "b"], recording.BreakoutRooms);
        Assert.Equal([new("a", "1"), new("b", "")], recording.Metadata);
        Assert.Equal(["presentation", "video"], recording.Formats.Select(format => format.Format));
        var video = recording.Formats[1];
        Assert.Equal(
            (RecordingPlace.Published, "/playback/video/2.3/rec-1", 3, 7177L, 1000L, 12, 34_567L, "abc"),
            (video.Place, video.Link, video.LengthMinutes, video.ProcessingMs, video.SizeBytes, video.Files, video.Bytes, video.ManifestSha256));
        Assert.Equal([new Thumbnail("/video/rec-1/thumb-1.png", 176, 136, "a \"slide\"")], video.Thumbnails);
        Assert.Equal(
            new PlayedFormat("t1", RecordingState.Published, false, RecordingPlace.Published, "/playback/video/2.3/rec-1", "abc"),
            await _catalog.FindPlayedAsync("rec-1", "video", CancellationToken.None));
        Assert.Null(await _catalog.FindPlayedAsync("rec-1", "notes", CancellationToken.None));
        Assert.Null(await _catalog.FindAsync("rec", CancellationToken.None));
        Assert.Null(await _catalog.FindAsync("rec\0", CancellationToken.None));
    }

    [Fact]
    public async Task Publish_state_protection_tenant_and_edited_metadata_survive_a_second_import()
    {
        await _history.AppendAsync(
            GivenRecording.Imported("rec-1", tenant: "t1", metadata: [("name", "Algebra"), ("origin", "Moodle"), ("old", "1")]),
            new RecordingUnpublished("rec-1", Given.At(1)),
            new RecordingProtected("rec-1", true, Given.At(2)),
            new RecordingGivenToTenant("rec-1", "t2", Given.At(3)),
            GivenRecording.Changed("rec-1", [("name", "Algebra I"), ("listed", "true")], "origin"),
            GivenRecording.Imported("rec-1", tenant: "t1", metadata: [("name", "Algebra"), ("origin", "Moodle"), ("new", "2")]));

        var recording = await FindAsync("rec-1");

        Assert.Equal((RecordingState.Unpublished, true, "t2"), (recording.State, recording.Protected, recording.TenantId));
        Assert.Equal(
            [new("listed", "true"), new("name", "Algebra I"), new("new", "2")],
            recording.Metadata.OrderBy(meta => meta.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Files_are_due_from_the_change_of_state_until_they_are_where_it_wants_them()
    {
        await _history.AppendAsync(GivenRecording.Imported("rec-1"), GivenRecording.Imported("rec-1", format: "video"));
        Assert.Empty(await WorkAsync());

        await _history.AppendAsync(new RecordingUnpublished("rec-1", Given.At(7)));
        Assert.Equal(
            [
                new FileWork("rec-1", "presentation", RecordingState.Unpublished, RecordingPlace.Published, Given.At(7)),
                new FileWork("rec-1", "video", RecordingState.Unpublished, RecordingPlace.Published, Given.At(7)),
            ],
            await _catalog.FileWorkAsync(10, CancellationToken.None));

        await _history.AppendAsync(
            new RecordingFormatMoved("rec-1", "presentation", RecordingPlace.Unpublished, Given.At(8)),
            new RecordingFormatMoved("rec-1", "video", RecordingPlace.Published, Given.At(8)));
        Assert.Equal(["video"], await WorkAsync());

        // Published again: also the one that seems to be there is looked at, as a worker may be moving it away.
        await _history.AppendAsync(new RecordingPublished("rec-1", Given.At(9)));
        Assert.Equal(["presentation", "video"], await WorkAsync());
        await _history.AppendAsync(
            new RecordingFormatMoved("rec-1", "presentation", RecordingPlace.Published, Given.At(10)),
            new RecordingFormatMoved("rec-1", "video", RecordingPlace.Published, Given.At(10)));
        Assert.Empty(await WorkAsync());

        // Moved by one who decided before the last change.
        await _history.AppendAsync(new RecordingFormatMoved("rec-1", "video", RecordingPlace.Unpublished, Given.At(11)));
        Assert.Equal(["video"], await WorkAsync());
    }

    [Fact]
    public async Task A_format_that_was_imported_while_its_recording_was_unpublished_is_due()
    {
        await _history.AppendAsync(
            GivenRecording.Imported("rec-1"),
            new RecordingUnpublished("rec-1", Given.At(1)),
            new RecordingFormatMoved("rec-1", "presentation", RecordingPlace.Unpublished, Given.At(2)),
            GivenRecording.Imported("rec-1", format: "video", place: RecordingPlace.Published));

        Assert.Equal(["video"], await WorkAsync());
    }

    [Fact]
    public async Task A_deleted_recording_keeps_its_row_without_metadata_and_tracks_and_its_files_are_due()
    {
        await _history.AppendAsync(
            GivenRecording.Imported("rec-1", metadata: [("a", "1")]),
            new RecordingTextTrackStored("rec-1", "captions", "en", "English", "upload", 9, Given.At(6)),
            new RecordingDeleted("rec-1", "a person", Given.At(7)));

        var recording = await FindAsync("rec-1");
        Assert.Equal((RecordingState.Deleted, 0), (recording.State, recording.Metadata.Count));
        Assert.Equal(["presentation"], await WorkAsync());
        Assert.Empty(await _catalog.TextTracksAsync("rec-1", CancellationToken.None));
        Assert.Equal(0L, await _history.Database.ScalarAsync<long>("select count(*) from recording_metadata"));

        await _history.AppendAsync(new RecordingFormatRemoved("rec-1", "presentation", Given.At(8)));
        Assert.Empty(await WorkAsync());
        Assert.Empty((await FindAsync("rec-1")).Formats);
    }

    [Fact]
    public async Task Recordings_are_counted_by_tenant_and_state()
    {
        await _history.AppendAsync(
            GivenRecording.Imported("rec-1", tenant: "t1"),
            GivenRecording.Imported("rec-1", tenant: "t1", format: "video"),
            GivenRecording.Imported("rec-2", tenant: "t1"),
            GivenRecording.Imported("rec-3", tenant: "t1", published: false),
            GivenRecording.Imported("rec-4", tenant: "t2"),
            GivenRecording.Imported("rec-5", tenant: "t2"),
            new RecordingUnpublished("rec-1", Given.At(1)),
            new RecordingUnpublished("rec-1", Given.At(1)),
            new RecordingGivenToTenant("rec-2", "t2", Given.At(1)),
            new RecordingDeleted("rec-4", "a person", Given.At(1)),
            new RecordingDeleted("rec-5", "a person", Given.At(1)),
            new RecordingRestored("rec-5", Given.At(2)),
            GivenRecording.Imported("rec-5", tenant: "t2", published: false));

        var counted = await _history.Database.RowsAsync("select tenant_id, state, recordings from recording_count where recordings <> 0 order by 1, 2");
        var there = await _history.Database.RowsAsync("select tenant_id, state, count(*) from recording_catalog group by 1, 2 order by 1, 2");

        Assert.Equal(there, counted);
        Assert.Equal([["t1", "unpublished", 2L], ["t2", "deleted", 1L], ["t2", "published", 1L], ["t2", "unpublished", 1L]], counted);
    }

    [Fact]
    public async Task Writers_of_different_recordings_at_once_lose_no_count()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var n = 0; n < 15; n++)
            {
                var id = $"rec-{writer}-{n}";
                await _history.AppendAsync(GivenRecording.Imported(id, tenant: "t1"));
                if (n % 2 == 0) await _history.AppendAsync(new RecordingUnpublished(id, Given.At(1)));
                if (n % 3 == 0) await _history.AppendAsync(new RecordingDeleted(id, "a person", Given.At(2)));
            }
        }));

        Assert.Equal(
            await _history.Database.RowsAsync("select state, count(*) from recording_catalog group by 1 order by 1"),
            await _history.Database.RowsAsync("select state, recordings from recording_count order by 1"));
    }

    [Fact]
    public async Task Events_of_different_recordings_give_the_same_rows_in_any_order_and_when_rebuilt()
    {
        var story = new Story();
        RecordingStory.Tell(story);
        await _history.AppendAsync(story);
        var live = await _history.RowsAsync("recordings");
        Assert.NotEmpty(live);

        for (var seed = 0; seed < 8; seed++)
        {
            await using var other = await PoolHistory.CreateAsync();
            await other.AppendAsync(story.Shuffled(new Random(seed)).Select(n => story.Events[n].Event));
            Assert.Equal(live, await other.RowsAsync("recordings"));
        }

        var model = ReadModels.All.Single(model => model.Name == "recordings");
        foreach (var table in model.Tables) await _history.Database.ExecuteAsync($"delete from {table}");
        Assert.True(await _history.Rebuild.RebuildAsync(model) > 0);
        Assert.Equal(live, await _history.RowsAsync("recordings"));
    }

    private async Task<CatalogedRecording> FindAsync(string id) =>
        await _catalog.FindAsync(id, CancellationToken.None) ?? throw new KeyNotFoundException(id);

    private async Task<IEnumerable<string>> WorkAsync() => (await _catalog.FileWorkAsync("rec-1", CancellationToken.None)).Select(work => work.Format);
}
