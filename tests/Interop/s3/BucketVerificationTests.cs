using Scalelite.Domain.Recordings;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Recordings.Verifying;
using Scalelite.Workers.Tests.Recordings;
using Xunit;

namespace Scalelite.Interop.S3;

/// <summary>Catalog and bucket compared. Other tests share the bucket: what is theirs is nobody's here, is left out, and must not be set aside.</summary>
public sealed class BucketVerificationTests
{
    [Fact]
    public async Task What_is_missing_in_the_wrong_place_or_altered_in_a_bucket_is_told()
    {
        await using var library = await RecordingLibrary.OpenAsync(bucket: BucketStorageTests.Settings);
        var (fine, moved, altered, missing) =
            (await library.ImportAsync(), await library.ImportAsync(), await library.ImportAsync(), await library.ImportAsync());
        Assert.Empty(await FindAsync(library, new VerifyOptions(Content: true), fine, moved, altered, missing));

        await library.Storage.MoveAsync(moved, "video", RecordingPlace.Unpublished, default);
        await library.Storage.WriteAsync(
            new FormatFolder(RecordingPlace.Published, "video", altered), "media/a.webm", new MemoryStream("another"u8.ToArray()), default);
        await library.Storage.RemoveAsync(missing, "video", default);

        var found = await FindAsync(library, new VerifyOptions(Content: true), fine, moved, altered, missing);

        Assert.Contains((moved, FindingKind.Misplaced), found);
        Assert.Contains((altered, FindingKind.FileAltered), found);
        Assert.Contains((missing, FindingKind.Missing), found);
        Assert.DoesNotContain(found, finding => finding.RecordId == fine);
    }

    [Fact]
    public async Task Publishing_unpublishing_and_deletion_move_and_remove_objects()
    {
        await using var library = await RecordingLibrary.OpenAsync(bucket: BucketStorageTests.Settings);
        var id = await library.ImportAsync();
        var operations = library.Get<RecordingOperations>();

        await operations.UnpublishAsync(id, RecordingLibrary.By, default);
        Assert.Equal([RecordingPlace.Unpublished], await PlacesAsync(library, id));
        await operations.PublishAsync(id, RecordingLibrary.By, default);
        Assert.Equal([RecordingPlace.Published], await PlacesAsync(library, id));
        await operations.DeleteAsync(id, "test", RecordingLibrary.By, default);
        Assert.Empty(await PlacesAsync(library, id));
        Assert.Equal(0, await library.WorkAsync());
    }

    private static async Task<List<(string RecordId, FindingKind Kind)>> FindAsync(
        RecordingLibrary library, VerifyOptions options, params string[] ours) =>
        [.. (await library.Get<RecordingVerification>().VerifyAsync(options, new VerifyProgress(), default).ToListAsync())
            .Where(finding => ours.Contains(finding.RecordId)).Select(finding => (finding.RecordId, finding.Kind))];

    private static async Task<List<RecordingPlace>> PlacesAsync(RecordingLibrary library, string recordId) =>
        await library.Storage.FoldersAsync(default).Where(folder => folder.RecordId == recordId).Select(folder => folder.Place).Distinct().ToListAsync();
}
