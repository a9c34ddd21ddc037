using System.Text;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

/// <summary>
/// What every storage of recordings keeps. Run for folders on one volume and on two, and, in tests/Interop/s3, for a bucket.
/// </summary>
public abstract class RecordingStorageContract : IAsyncLifetime
{
    private const string Format = "presentation";
    private const RecordingPlace Published = RecordingPlace.Published;
    private const RecordingPlace Unpublished = RecordingPlace.Unpublished;

    private static readonly string[] Paths = ["metadata.xml", "audio/audio.webm", "presentation/d1-1/slide 1 + ä%20?.png", ".manifest.jsonl"];

    private readonly string _recordId = $"{Guid.NewGuid():n}01234567-1700000000000";

    /// <summary>A storage on this test's own folders or bucket.</summary>
    protected abstract IRecordingStorage Storage { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task A_staged_format_is_put_in_place_and_its_files_are_read_back()
    {
        var staged = Stage(Storage, Published, "first");

        await Storage.PutInPlaceAsync(staged, default);
        await Storage.ForgetAsideAsync(staged.Import, default);

        await HoldsAsync("first", Published);
        Assert.False(Directory.Exists(staged.Staged));
        Assert.Equal([new FormatFolder(Published, Format, _recordId)], await OwnFoldersAsync());
        var files = await Storage.FilesAsync(new FormatFolder(Published, Format, _recordId), default).ToListAsync();
        Assert.Equal(Text("first", "metadata.xml").Length, files.Single(file => file.Path == "metadata.xml").Bytes);
        Assert.All(files, file => Assert.InRange(file.ModifiedAt, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(10)));
    }

    [Theory]
    [InlineData(Published, Published)]
    [InlineData(Unpublished, Published)]
    [InlineData(Published, Unpublished)]
    public async Task A_newer_import_takes_the_place_of_an_older_one_wherever_that_is(RecordingPlace before, RecordingPlace after)
    {
        await PutAsync(before, "old", "gone.txt");

        await PutAsync(after, "new");

        await HoldsAsync("new", after);
    }

    [Fact]
    public async Task Publishing_and_unpublishing_move_every_file_and_doing_it_again_changes_nothing()
    {
        await PutAsync(Unpublished, "a");

        foreach (var to in new[] { Published, Published, Unpublished, Unpublished, Published })
        {
            Assert.True(await Storage.MoveAsync(_recordId, Format, to, default));
            await HoldsAsync("a", to);
        }
    }

    [Fact]
    public async Task More_than_a_thousand_files_move_and_are_removed()
    {
        var more = Enumerable.Range(0, 1100).Select(n => $"presentation/d1-1/svgs/slide{n}.svg").ToArray();
        await PutAsync(Published, "a", more);

        Assert.True(await Storage.MoveAsync(_recordId, Format, Unpublished, default));
        await HoldsAsync("a", Unpublished, more);
        await Storage.RemoveAsync(_recordId, Format, default);

        Assert.Empty(await OwnFoldersAsync());
        Assert.Empty(await Storage.FilesAsync(new FormatFolder(Unpublished, Format, _recordId), default).ToListAsync());
    }

    [Fact]
    public async Task What_is_nowhere_is_not_moved_and_is_removed_already()
    {
        await PutAsync(Published, "a");

        Assert.False(await Storage.MoveAsync(_recordId, "video", Published, default));
        await Storage.RemoveAsync(_recordId, "video", default);
        await Storage.RemoveAsync(_recordId, Format, default);
        await Storage.RemoveAsync(_recordId, Format, default);

        Assert.False(await Storage.MoveAsync(_recordId, Format, Published, default));
        Assert.Empty(await OwnFoldersAsync());
    }

    [Fact]
    public async Task Putting_in_place_again_is_known_and_a_lost_staging_is_told()
    {
        var staged = Stage(Storage, Published, "a");
        await Storage.PutInPlaceAsync(staged, default);
        await Storage.PutInPlaceAsync(staged, default);
        await HoldsAsync("a", Published);

        var lost = Stage(Storage, Published, "b");
        Directory.Delete(lost.Staged, recursive: true);

        await Assert.ThrowsAsync<StagingLostException>(() => Storage.PutInPlaceAsync(lost, default));
        await HoldsAsync("a", Published);
    }

    [Fact]
    public async Task An_archive_that_was_mended_in_quarantine_replaces_what_the_same_import_brought_before()
    {
        var first = Stage(Storage, Published, "torn", "gone.txt");
        await Storage.PutInPlaceAsync(first, default);
        await Storage.ForgetAsideAsync(first.Import, default);

        var second = Stage(Storage, Published, "mended", first.Import, ".second-try");
        await Storage.PutInPlaceAsync(second, default);
        await HoldsAsync("mended", Published);
        await Storage.PutInPlaceAsync(second, default);
        await HoldsAsync("mended", Published);

        // The files of an earlier try are not taken for those of one whose staging was lost.
        var third = Stage(Storage, Published, "lost", first.Import, ".third-try");
        Directory.Delete(third.Staged, recursive: true);
        await Assert.ThrowsAsync<StagingLostException>(() => Storage.PutInPlaceAsync(third, default));
        await HoldsAsync("mended", Published);
    }

    [Theory]
    [InlineData(Published)]
    [InlineData(Unpublished)]
    public async Task Putting_in_place_that_dies_anywhere_is_completed_by_the_next_try(RecordingPlace older)
    {
        for (var steps = 0; ; steps++)
        {
            await StartAnewAsync();
            await PutAsync(older, "old", "gone.txt");
            var staged = Stage(Storage, Published, "new");
            var survived = await SurvivesAsync(steps, storage => storage.PutInPlaceAsync(staged, default));

            await Storage.PutInPlaceAsync(staged, default);
            await Storage.ForgetAsideAsync(staged.Import, default);
            await HoldsAsync("new", Published);
            if (survived) break;
        }
    }

    [Theory]
    [InlineData(Published, Published)]
    [InlineData(Published, Unpublished)]
    public async Task A_move_that_dies_anywhere_is_completed_or_turned_round_by_the_next(RecordingPlace first, RecordingPlace then)
    {
        for (var steps = 0; ; steps++)
        {
            await StartAnewAsync();
            await PutAsync(Unpublished, "a");
            var survived = await SurvivesAsync(steps, storage => storage.MoveAsync(_recordId, Format, first, default));

            Assert.True(await Storage.MoveAsync(_recordId, Format, then, default));
            await HoldsAsync("a", then);
            if (survived) break;
        }
    }

    [Fact]
    public async Task A_move_that_dies_twice_on_its_way_loses_nothing()
    {
        for (var steps = 0; ; steps++)
        {
            await StartAnewAsync();
            await PutAsync(Unpublished, "a");
            await SurvivesAsync(steps, storage => storage.MoveAsync(_recordId, Format, Published, default));
            var survived = await SurvivesAsync(steps / 2, storage => storage.MoveAsync(_recordId, Format, Unpublished, default));
            await SurvivesAsync(1, storage => storage.MoveAsync(_recordId, Format, Published, default));

            Assert.True(await Storage.MoveAsync(_recordId, Format, Unpublished, default));
            await HoldsAsync("a", Unpublished);
            if (survived) break;
        }
    }

    [Fact]
    public async Task A_move_after_an_import_that_died_brings_back_no_mixture()
    {
        for (var steps = 0; ; steps++)
        {
            await StartAnewAsync();
            await PutAsync(Unpublished, "old", "gone.txt");
            var staged = Stage(Storage, Published, "new");
            var survived = await SurvivesAsync(steps, storage => storage.PutInPlaceAsync(staged, default));

            // The catalog knows of the old one only, and somebody publishes it: files are whole, old or new; then the import goes on.
            Assert.True(await Storage.MoveAsync(_recordId, Format, Published, default));
            await using (var file = (await Storage.OpenAsync(new FormatFolder(Published, Format, _recordId), "metadata.xml", default))!)
            {
                var version = new StreamReader(file).ReadToEnd().StartsWith("old", StringComparison.Ordinal) ? "old" : "new";
                await HoldsAsync(version, Published, version == "old" ? ["gone.txt"] : []);
            }

            try
            {
                await Storage.PutInPlaceAsync(staged, default);
            }
            catch (StagingLostException)
            {
                staged = Stage(Storage, Published, "new");
                await Storage.PutInPlaceAsync(staged, default);
            }

            await HoldsAsync("new", Published);
            if (survived) break;
        }
    }

    [Fact]
    public async Task A_removal_that_dies_anywhere_is_completed_by_the_next()
    {
        for (var steps = 0; ; steps++)
        {
            await StartAnewAsync();
            await PutAsync(Published, "a");
            var survived = await SurvivesAsync(steps, storage => storage.RemoveAsync(_recordId, Format, default));

            await Storage.RemoveAsync(_recordId, Format, default);
            Assert.Empty(await OwnFoldersAsync());
            if (survived) break;
        }
    }

    [Fact]
    public async Task A_file_is_written_over_an_older_one_and_only_into_what_is_there()
    {
        var folder = await PutAsync(Published, "a");

        await Storage.WriteAsync(folder, "captions.json", Content("[1]"), default);
        await Storage.WriteAsync(folder, "captions.json", Content("[1,2]"), default);
        await Storage.WriteAsync(folder, "new/caption_en.vtt", Content("WEBVTT"), default);

        Assert.Equal("[1,2]", await ReadAsync(folder, "captions.json"));
        Assert.Equal("WEBVTT", await ReadAsync(folder, "new/caption_en.vtt"));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => Storage.WriteAsync(folder with { Place = Unpublished }, "captions.json", Content("[]"), default));
        Assert.Equal([folder], await OwnFoldersAsync());
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public async Task No_path_leads_out_of_a_folder(string path)
    {
        var folder = await PutAsync(Published, "a");

        Assert.Null(await Storage.OpenAsync(folder, path, default));
        Assert.Null(await Storage.LocateAsync(folder, path, default, TimeSpan.FromMinutes(1), default));
        await Assert.ThrowsAsync<ArgumentException>(() => Storage.WriteAsync(folder, path, Content("x"), default));
    }

    [Fact]
    public async Task A_file_that_is_not_there_opens_as_nothing()
    {
        var folder = await PutAsync(Published, "a");

        Assert.Null(await Storage.OpenAsync(folder, "audio/none.webm", default));
        Assert.Null(await Storage.OpenAsync(folder with { RecordId = "none" }, "metadata.xml", default));
    }

    [Fact]
    public async Task A_player_is_shown_to_the_file_and_never_to_our_own()
    {
        var folder = await PutAsync(Published, "a");
        foreach (var path in Paths.Where(path => path[0] != '.'))
        {
            var location = await Storage.LocateAsync(
                folder, path, new PlaybackHeaders("video/x-test", "attachment; filename=\"x.webm\""), TimeSpan.FromMinutes(5), default);
            Assert.Equal(Text("a", path), await FetchAsync(location!));
        }

        Assert.Null(await Storage.LocateAsync(folder, ".manifest.jsonl", default, TimeSpan.FromMinutes(5), default));
        Assert.Null(await Storage.LocateAsync(folder, ".import", default, TimeSpan.FromMinutes(5), default));
    }

    [Fact]
    public async Task What_nobody_knows_is_set_aside_and_kept()
    {
        var folder = await PutAsync(Published, "a");
        await Storage.SetAsideAsync(folder, default);
        Assert.Empty(await OwnFoldersAsync());

        await PutAsync(Published, "b");
        await Storage.SetAsideAsync(folder, default);
        await Storage.SetAsideAsync(folder, default);

        Assert.Empty(await OwnFoldersAsync());
        Assert.False(await Storage.MoveAsync(_recordId, Format, Published, default));
    }

    /// <summary>The same, but it dies before the step after so many: a change to the disk, a request to the server.</summary>
    protected abstract IRecordingStorage DyingAfter(int steps);

    /// <summary>Whether an exception is that death.</summary>
    protected abstract bool IsDeath(Exception exception);

    /// <summary>What a player gets.</summary>
    protected abstract Task<string> FetchAsync(PlaybackLocation location);

    protected static Stream Content(string text) => new MemoryStream(Encoding.UTF8.GetBytes(text));

    private static string Text(string version, string path) => $"{version} {path}";

    private static async Task<bool> FinishesAsync(Func<Task> operation, Func<Exception, bool> isDeath)
    {
        try
        {
            await operation();
            return true;
        }
        catch (Exception e) when (isDeath(e))
        {
            return false;
        }
    }

    private async Task<bool> SurvivesAsync(int steps, Func<IRecordingStorage, Task> operation)
    {
        var dying = DyingAfter(steps);
        try
        {
            return await FinishesAsync(() => operation(dying), IsDeath);
        }
        finally
        {
            (dying as IDisposable)?.Dispose();
        }
    }

    private async Task StartAnewAsync() => await Storage.RemoveAsync(_recordId, Format, default);

    private async Task<FormatFolder> PutAsync(RecordingPlace place, string version, params string[] more)
    {
        var staged = Stage(Storage, place, version, more);
        await Storage.PutInPlaceAsync(staged, default);
        await Storage.ForgetAsideAsync(staged.Import, default);
        return staged.Folder;
    }

    private StagedFolder Stage(IRecordingStorage storage, RecordingPlace place, string version, params string[] more) =>
        Stage(storage, place, version, Guid.CreateVersion7(), "", more);

    /// <param name="tried">What the folder's name ends with: another for each try of an import.</param>
    private StagedFolder Stage(IRecordingStorage storage, RecordingPlace place, string version, Guid import, string tried, params string[] more)
    {
        var staged = storage.TargetOf(import, new FormatFolder(place, Format, _recordId));
        staged = staged with { Staged = staged.Staged + tried };
        foreach (var path in Paths.Concat(more))
        {
            var file = Path.Combine(staged.Staged, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Text(version, path));
        }

        return staged;
    }

    /// <summary>This version lies in this place, whole and with nothing else, and the other place is empty.</summary>
    private async Task HoldsAsync(string version, RecordingPlace place, params string[] more)
    {
        var folder = new FormatFolder(place, Format, _recordId);
        var found = (await Storage.FilesAsync(folder, default).ToListAsync()).Select(file => file.Path);
        Assert.Equal(Paths.Concat(more).Append(".import").Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        foreach (var path in Paths.Concat(more.Take(3))) Assert.Equal(Text(version, path), await ReadAsync(folder, path));
        Assert.Empty(await Storage.FilesAsync(folder with { Place = place == Published ? Unpublished : Published }, default).ToListAsync());
    }

    private async Task<string> ReadAsync(FormatFolder folder, string path)
    {
        await using var file = await Storage.OpenAsync(folder, path, default);
        using var reader = new StreamReader(file!);
        return await reader.ReadToEndAsync();
    }

    private async Task<List<FormatFolder>> OwnFoldersAsync() =>
        await Storage.FoldersAsync(default).Where(folder => folder.RecordId == _recordId).ToListAsync();
}
