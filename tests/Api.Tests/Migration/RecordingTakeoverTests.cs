using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Projections.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Api.Tests.Migration;

public sealed class RecordingTakeoverTests : IAsyncLifetime
{
    private const string Rows =
        """
        insert into recordings (id, record_id, meeting_id, name, published, participants, state, starttime, endtime, protected, publish_updated) values
            (1, 'aaa-1700000000000', 'room', 'Algebra & more', true, 7, 'published', '2023-11-14 22:13:20.123', '2023-11-14 23:13:20', true, true),
            (2, 'bbb-1700000000001', 'room', null, false, null, null, '2023-11-14 22:13:20', null, false, false),
            (3, 'ccc-1700000000002', 'old', 'Gone', true, 1, 'deleted', '2023-11-14 22:13:20', '2023-11-14 22:14:20', false, false),
            (4, 'no/../name', 'room', 'x', true, 1, 'published', '2023-11-14 22:13:20', '2023-11-14 22:14:20', false, false);
        select setval('recordings_id_seq', 100);
        insert into metadata (recording_id, key, value) values
            (1, 'bbb-origin', 'Moodle'), (1, 'gl-listed', ''), (1, 'meetingName', 'Algebra & more'), (1, 'isBreakout', 'true'), (1, 'tenant-id', 't1'),
            (1, 'bn-recording-ready-url', 'https://lms.example.org/secret-url');
        insert into playback_formats (id, recording_id, format, url, length, processing_time) values
            (10, 1, 'presentation', '/playback/presentation/2.3/aaa-1700000000000', 60, 7177),
            (11, 1, 'video', '/playback/video/aaa-1700000000000/', 60, null),
            (12, 2, 'notes', '/notes/bbb-1700000000001/notes.pdf', null, null);
        insert into thumbnails (playback_format_id, width, height, alt, url, sequence) values
            (10, 176, 136, 'second', '/presentation/aaa-1700000000000/thumb-2.png', 1),
            (10, 176, 136, 'first', '/presentation/aaa-1700000000000/thumb-1.png', 0);
        insert into callback_data (meeting_id, recording_id, callback_attributes) values
            ('room', 1, E'---\n:recording_ready_url: https://lms.example.org/ready?token=1\n:analytics_callback_url: https://lms.example.org/analytics\n'),
            ('other', null, E'--- {}\n'),
            ('none', null, null);
        """;

    private readonly Commands _commands = new();
    private TestDatabase _theirs = null!;

    public async Task InitializeAsync()
    {
        await _commands.InitializeAsync();
        _theirs = await ScaleliteDatabase.CreateAsync();
        await ScaleliteDatabase.RunAsync(_theirs, Rows);
    }

    public async Task DisposeAsync()
    {
        await _theirs.DisposeAsync();
        await _commands.DisposeAsync();
    }

    [Fact]
    public async Task Recordings_come_with_formats_thumbnails_metadata_state_and_protection()
    {
        var ran = await ImportAsync();

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var first = await FindAsync("aaa-1700000000000");
        Assert.Equal(
            ("", "room", "Algebra & more", RecordingState.Published, true, 1_700_000_000_123, 1_700_003_600_000, 7, true),
            (first.TenantId, first.MeetingId, first.Name, first.State, first.Protected, first.StartTime, first.EndTime, first.Participants, first.IsBreakout));
        Assert.Equal([new("bbb-origin", "Moodle"), new("gl-listed", ""), new("tenant-id", "t1")], first.Metadata.OrderBy(meta => meta.Key, StringComparer.Ordinal));
        Assert.Equal(
            [
                ("presentation", RecordingPlace.Published, "/playback/presentation/2.3/aaa-1700000000000", 60, 7177L),
                ("video", RecordingPlace.Published, "/playback/video/aaa-1700000000000/", 60, null),
            ],
            first.Formats.Select(format => (format.Format, format.Place, format.Link, format.LengthMinutes, format.ProcessingMs)));
        Assert.Equal(["first", "second"], first.Formats[0].Thumbnails.Select(thumbnail => thumbnail.Alt));
        var second = await FindAsync("bbb-1700000000001");
        Assert.Equal(
            ("room", RecordingState.Unpublished, RecordingPlace.Unpublished), (second.Name, second.State, Assert.Single(second.Formats).Place));
        var third = await FindAsync("ccc-1700000000002");
        Assert.Equal(RecordingState.Deleted, third.State);
        Assert.Empty(third.Formats);
        Assert.Contains("recording no/../name: its id has signs", ran.Out, StringComparison.Ordinal);
        Assert.Equal(0L, await _commands.Database.ScalarAsync<long>("select count(*) from recording_file_work"));
    }

    [Fact]
    public async Task With_tenants_a_recording_is_its_tenants()
    {
        _commands.Environment["MULTITENANCY_ENABLED"] = "true";

        await ImportAsync();

        Assert.Equal("t1", (await FindAsync("aaa-1700000000000")).TenantId);
    }

    [Fact]
    public async Task A_second_run_changes_nothing()
    {
        await ImportAsync();
        var events = await EventsAsync();

        var second = await ImportAsync("--json");

        Assert.Equal(0, second.Code);
        Assert.Equal(events, await EventsAsync());
        Assert.Equal(3L, events);
    }

    [Fact]
    public async Task A_dry_run_tells_and_changes_nothing()
    {
        var ran = await ImportAsync("--dry-run");

        Assert.Equal(0, ran.Code);
        Assert.Contains("would be new", ran.Out, StringComparison.Ordinal);
        Assert.Equal(0L, await EventsAsync());
        Assert.Equal(0L, await _commands.Database.ScalarAsync<long>("select count(*) from secret where owner like 'inherited-%'"));
    }

    [Fact]
    public async Task What_came_after_a_run_that_was_stopped_is_taken_over_by_the_next()
    {
        await ImportAsync();
        await ScaleliteDatabase.RunAsync(_theirs, "insert into recordings (record_id, meeting_id, name, published, state) select 'many-' || n, 'm', 'n', true, 'published' from generate_series(1, 1200) n");

        await ImportAsync();

        Assert.Equal(1203L, await _commands.Database.ScalarAsync<long>("select count(*) from recording_catalog"));
        Assert.Equal(1201L, await _commands.Database.ScalarAsync<long>("select recordings from recording_count where state = 'published'"));
    }

    [Fact]
    public async Task Callbacks_are_sealed_and_in_no_event()
    {
        await ImportAsync();

        await using var host = await _commands.HostAsync();
        var urls = await host.Services.GetRequiredService<SecretVault>().OpenAsync(
            InheritedCallbacks.OwnerOf("room"), RunCallbacks.Kind("bn-recording-ready-url"));
        Assert.Equal("https://lms.example.org/ready?token=1", Assert.Single(urls).Value);
        Assert.Equal(0L, await _commands.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like '%lms.example.org%'"));
    }

    [Theory]
    [InlineData("mysql://x/y", "cannot be right")]
    [InlineData("postgresql://127.0.0.1:1/x", "does not answer")]
    public async Task A_database_that_cannot_be_read_is_said(string url, string why)
    {
        var ran = await _commands.RunAsync("import-scalelite", "--database-url", url);

        Assert.Equal(1, ran.Code);
        Assert.Contains(why, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_Scalelites_tables_is_said()
    {
        await ScaleliteDatabase.RunAsync(_theirs, "drop table recordings");

        var ran = await ImportAsync();

        Assert.Equal(1, ran.Code);
        Assert.Contains("no database of Scalelite's", ran.Error, StringComparison.Ordinal);
    }

    private Task<Ran> ImportAsync(params string[] options) =>
        _commands.RunAsync(["import-scalelite", "--database-url", ScaleliteDatabase.UrlOf(_theirs), .. options]);

    private Task<long> EventsAsync() => _commands.Database.ScalarAsync<long>("select count(*) from mt_events");

    private async Task<CatalogedRecording> FindAsync(string recordId) =>
        (await new RecordingCatalog(_commands.Database.Source).FindAsync(recordId, CancellationToken.None))!;
}
