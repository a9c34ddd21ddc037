using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

public sealed class RecordingFilesTests
{
    [Fact]
    public async Task Files_follow_what_people_do_and_events_tell_of_it()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        var operations = library.Get<RecordingOperations>();

        Assert.Equal(new RecordingOutcome.Done(), await operations.UnpublishAsync(id, RecordingLibrary.By, default));
        Assert.Equal(("unpublished", "unpublished"), (library.Where(id), library.Where(id, "presentation")));
        Assert.Equal(new RecordingOutcome.Done(), await operations.PublishAsync(id, RecordingLibrary.By, default));
        Assert.Equal(new RecordingOutcome.Done(), await operations.PublishAsync(id, RecordingLibrary.By, default));
        Assert.Equal("published", library.Where(id));
        Assert.Equal(new RecordingOutcome.Done(), await operations.DeleteAsync(id, "for a test", RecordingLibrary.By, default));
        Assert.False(Directory.Exists(library.PathOf("published", id)));
        Assert.IsType<RecordingOutcome.Refused>(await operations.PublishAsync(id, RecordingLibrary.By, default));
        Assert.IsType<RecordingOutcome.Unknown>(await operations.PublishAsync("none", RecordingLibrary.By, default));

        var events = (await library.Pool.EventsAsync(Streams.Recording(id))).Skip(2).ToList();
        Assert.Equal(
            [
                typeof(RecordingUnpublished), typeof(RecordingFormatMoved), typeof(RecordingFormatMoved),
                typeof(RecordingPublished), typeof(RecordingFormatMoved), typeof(RecordingFormatMoved),
                typeof(RecordingDeleted), typeof(RecordingFormatRemoved), typeof(RecordingFormatRemoved),
            ],
            events.Select(e => e.GetType()));
        Assert.Equal("for a test", events.OfType<RecordingDeleted>().Single().Why);
        Assert.Equal(0, await library.WorkAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_between_the_event_and_the_files_is_put_right_at_the_next_start(bool deleted)
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        var at = DateTimeOffset.UtcNow;
        await library.Pool.AppendAsync(
            Streams.Recording(id), deleted ? new RecordingDeleted(id, "test", at) : new RecordingUnpublished(id, at));
        Assert.Equal("published", library.Where(id));

        await library.Pool.AddHostAsync();

        await Eventually.HoldsAsync("files follow", async () => library.Where(id) == (deleted ? "" : "unpublished") && await library.WorkAsync() == 0);
    }

    [Fact]
    public async Task Of_two_instances_that_publish_and_unpublish_at_once_the_files_follow_the_last()
    {
        await using var library = await RecordingLibrary.OpenAsync(hosts: 2);
        var ids = new[] { await library.ImportAsync(), await library.ImportAsync() };

        await Parallel.ForEachAsync(Enumerable.Range(0, 24), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (n, cancellation) =>
        {
            var operations = library.Pool.Hosts[n % 2].Services.GetRequiredService<RecordingOperations>();
            var id = ids[n / 2 % 2];
            _ = n / 4 % 2 == 0
                ? await operations.UnpublishAsync(id, RecordingLibrary.By, cancellation)
                : await operations.PublishAsync(id, RecordingLibrary.By, cancellation);
        });

        await Eventually.HoldsAsync("nothing is left to do", async () => await library.WorkAsync() == 0);
        foreach (var id in ids)
        {
            var state = await library.Pool.Database.ScalarAsync<string>("select state from recording_catalog where record_id = $1", id);
            Assert.Equal((state, state), (library.Where(id), library.Where(id, "presentation")));
            Assert.Equal(2L, await library.Pool.Database.ScalarAsync<long>(
                "select count(*) from recording_format where record_id = $1 and place = $2", id, state!));
        }
    }

    [Fact]
    public async Task What_cannot_be_moved_now_is_moved_later()
    {
        await using var library = await RecordingLibrary.OpenAsync(hosts: 1);
        var id = await library.ImportAsync();
        var inTheWay = Path.Combine(library.Folder, "unpublished", "video");
        await File.WriteAllTextAsync(inTheWay, "no folder");

        Assert.Equal(new RecordingOutcome.Done(FilesSettled: false), await library.Get<RecordingOperations>().UnpublishAsync(id, RecordingLibrary.By, default));
        Assert.Equal(("published", "unpublished"), (library.Where(id), library.Where(id, "presentation")));
        Assert.Equal(1, await library.WorkAsync());
        File.Delete(inTheWay);

        await Eventually.HoldsAsync("it is moved", async () => library.Where(id) == "unpublished" && await library.WorkAsync() == 0, 60);
    }

    [Fact]
    public async Task A_file_is_stored_wherever_the_recording_is_and_listed()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        var files = library.Get<RecordingFiles>();
        await library.Get<RecordingOperations>().UnpublishAsync(id, RecordingLibrary.By, default);

        Assert.True(await files.StoreAsync(id, "video", "caption_en.vtt", new MemoryStream("old"u8.ToArray()), default));
        Assert.True(await files.StoreAsync(id, "video", "caption_en.vtt", new MemoryStream("WEBVTT"u8.ToArray()), default));
        Assert.False(await files.StoreAsync(id, "podcast", "caption_en.vtt", new MemoryStream("x"u8.ToArray()), default));

        Assert.Equal("WEBVTT", await File.ReadAllTextAsync(library.PathOf("unpublished", id, "caption_en.vtt")));
        Assert.Equal(2, File.ReadLines(library.PathOf("unpublished", id, Manifest.LaterFileName)).Count());
    }

    [Fact]
    public async Task One_at_a_time_holds_the_lock_of_a_recording_and_others_get_theirs()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var locks = library.Get<RecordingLock>();

        await using (var held = await locks.TakeAsync("a", TimeSpan.FromSeconds(1), default))
        {
            Assert.NotNull(held);
            Assert.Null(await locks.TakeAsync("a", TimeSpan.FromMilliseconds(100), default));
            await using var other = await locks.TakeAsync("b", TimeSpan.FromSeconds(1), default);
            Assert.NotNull(other);
        }

        await using var again = await locks.TakeAsync("a", TimeSpan.FromSeconds(1), default);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Locks_leave_connections_for_the_work_that_is_done_under_them()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var few = new Npgsql.NpgsqlConnectionStringBuilder(library.Pool.Database.ConnectionString) { MaxPoolSize = 4 };
        await using var database = Npgsql.NpgsqlDataSource.Create(few.ConnectionString);
        using var locks = new RecordingLock(database);

        await Parallel.ForEachAsync(Enumerable.Range(0, 20), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (n, cancellation) =>
        {
            await using var held = await locks.TakeAsync($"recording {n}", TimeSpan.FromSeconds(30), cancellation);
            Assert.NotNull(held);
            await using var work = database.CreateCommand("select 1");
            Assert.Equal(1, await work.ExecuteScalarAsync(cancellation));
        });
    }
}
