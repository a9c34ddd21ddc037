using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Recordings.Verifying;
using Xunit;

namespace Scalelite.Workers.Tests.Recordings;

public sealed class RecordingVerificationTests
{
    private static readonly VerifyOptions Look = new();
    private static readonly VerifyOptions Content = new(Content: true);
    private static readonly VerifyOptions Repair = new(Repair: true);

    [Fact]
    public async Task Nothing_is_found_where_all_is_as_it_should_be()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        await library.ImportAsync();
        await library.Get<RecordingOperations>().UnpublishAsync(id, RecordingLibrary.By, default);
        await library.Get<RecordingFiles>().StoreAsync(id, "video", "caption_en.vtt", new MemoryStream("WEBVTT"u8.ToArray()), default);
        var progress = new VerifyProgress();

        Assert.Empty(await library.Get<RecordingVerification>().VerifyAsync(Content, progress, default).ToListAsync());
        Assert.Equal((4, 4, 9L, 0), (progress.Formats, progress.Folders, progress.Files, progress.WithoutManifest));
    }

    [Fact]
    public async Task What_is_missing_is_told_and_forgotten_only_when_told_to()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        Directory.Delete(library.PathOf("published", id), recursive: true);

        Assert.Equal([(FindingKind.Missing, "video", false)], await FoundAsync(library, Repair));
        Assert.Equal([(FindingKind.Missing, "video", true)], await FoundAsync(library, Look with { ForgetMissing = true }));
        Assert.Empty(await FoundAsync(library, Look));
        Assert.Equal(
            [new object?[] { "presentation" }], await library.Pool.Database.RowsAsync("select format from recording_format where record_id = $1", id));
    }

    [Fact]
    public async Task What_is_in_the_wrong_place_is_told_and_moved()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(library.PathOf("unpublished", id))!);
        Directory.Move(library.PathOf("published", id), library.PathOf("unpublished", id));

        Assert.Equal([(FindingKind.Misplaced, "video", false)], await FoundAsync(library, Look));
        Assert.Equal("unpublished", library.Where(id));
        Assert.Equal([(FindingKind.Misplaced, "video", true)], await FoundAsync(library, Repair));
        Assert.Equal("published", library.Where(id));
        Assert.Empty(await FoundAsync(library, Content));
    }

    [Fact]
    public async Task What_lies_there_twice_or_unknown_is_set_aside_and_kept()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        Directory.CreateDirectory(library.PathOf("unpublished", id, "media"));
        await File.WriteAllTextAsync(library.PathOf("unpublished", id, "media/a.webm"), "another");
        Directory.CreateDirectory(library.PathOf("published", "stranger-1"));
        await File.WriteAllTextAsync(library.PathOf("published", "stranger-1", "metadata.xml"), "x");
        // An import that is under way is nobody's orphan.
        Directory.CreateDirectory(library.PathOf("published", "arriving-1"));
        await File.WriteAllTextAsync(library.PathOf("published", "arriving-1", "metadata.xml"), "x");
        var import = Guid.NewGuid();
        var at = DateTimeOffset.UtcNow;
        await library.Pool.AppendAsync(
            Streams.Import(import),
            new ArchiveReceived(import, "arriving-1.tar", 1, ArchiveSource.Spool, null, at),
            new ArchiveChecked(import, [new ArchivedFormat("arriving-1", "video")], 1, 1, at));

        (FindingKind, string, bool)[] expected = [(FindingKind.Twice, "video", false), (FindingKind.Orphaned, "video", false)];
        Assert.Equal(expected, await FoundAsync(library, Look));
        Assert.Equal(expected.Select(one => (one.Item1, one.Item2, true)), await FoundAsync(library, Repair));
        Assert.Empty(await FoundAsync(library, Look));

        Assert.Equal("published", library.Where(id));
        Assert.Equal("another", await File.ReadAllTextAsync(Path.Combine(library.Folder, "unpublished/.scalelite/orphans/video", id, "media/a.webm")));
        Assert.True(File.Exists(Path.Combine(library.Folder, "published/.scalelite/orphans/video/stranger-1/metadata.xml")));
        Assert.True(File.Exists(library.PathOf("published", "arriving-1", "metadata.xml")));
    }

    [Fact]
    public async Task Files_of_what_was_deleted_are_told_and_removed_as_was_asked()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        await library.Pool.AppendAsync(Streams.Recording(id), new RecordingDeleted(id, "test", DateTimeOffset.UtcNow.AddHours(-1)));

        Assert.Equal([(FindingKind.Undeleted, "presentation", false), (FindingKind.Undeleted, "video", false)], await FoundAsync(library, Look));
        Assert.All(await FoundAsync(library, Repair), finding => Assert.True(finding.Repaired));
        Assert.Equal(("", 0L), (library.Where(id), await library.WorkAsync()));
    }

    [Fact]
    public async Task Content_is_compared_with_the_manifest_byte_by_byte()
    {
        await using var library = await RecordingLibrary.OpenAsync();
        var id = await library.ImportAsync();
        await File.WriteAllTextAsync(library.PathOf("published", id, "media/a.webm"), "video media/a.wEbm");
        await File.WriteAllTextAsync(library.PathOf("published", id, "extra.txt"), "x");
        File.Delete(library.PathOf("published", id, "metadata.xml"));
        var other = await library.ImportAsync();
        await File.AppendAllTextAsync(library.PathOf("published", other, Manifest.FileName), "\n");
        await File.AppendAllTextAsync(library.PathOf("published", other, "media/a.webm", "presentation"), "longer");

        Assert.Empty(await FoundAsync(library, Look));
        var found = await library.Get<RecordingVerification>().VerifyAsync(Content with { Repair = true }, new VerifyProgress(), default).ToListAsync();

        Assert.Equal(
            [
                (FindingKind.FileAltered, "media/a.webm"), (FindingKind.FileUnlisted, "extra.txt"), (FindingKind.FileMissing, "metadata.xml"),
            ],
            found.Where(one => one.RecordId == id).Select(one => (one.Kind, one.Path!)).OrderBy(one => one.Kind == FindingKind.FileMissing).ThenBy(one => one.Kind));
        Assert.Equal(
            [("presentation", FindingKind.FileAltered), ("video", FindingKind.ManifestAltered)],
            found.Where(one => one.RecordId == other).Select(one => (one.Format, one.Kind)));
        Assert.All(found, one => Assert.False(one.Repaired));
    }

    private static async Task<List<(FindingKind Kind, string Format, bool Repaired)>> FoundAsync(RecordingLibrary library, VerifyOptions options) =>
        await library.Get<RecordingVerification>().VerifyAsync(options, new VerifyProgress(), default)
            .Select(finding => (finding.Kind, finding.Format, finding.Repaired)).ToListAsync();
}
