using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Recordings.Verifying;

/// <summary>
/// Compares the catalog with the files, both ways. What looks wrong is looked at again before it is told, as recordings are imported,
/// moved and deleted meanwhile.
/// </summary>
public sealed class RecordingVerification(
    NpgsqlDataSource database, RecordingCatalog catalog, IRecordingStorage storage, RecordingRepair repair, TimeProvider time)
{
    private const int Page = 1000;

    private const string FormatsSql =
        """
        select record_id, format from recording_format where (record_id, format) > ($1, $2) order by record_id, format limit $3
        """;

    private const string OpenImportSql =
        "select exists (select from import_queue where record_ids @> array[$1] and state not in ('completed', 'quarantined'))";

    private static readonly RecordingPlace[] Places = [RecordingPlace.Published, RecordingPlace.Unpublished];

    /// <summary>Whoever changed the recording is probably moving its files.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Everything that is wrong, as it is found.</summary>
    public async IAsyncEnumerable<Finding> VerifyAsync(
        VerifyOptions options, VerifyProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var folders = new HashSet<FormatFolder>();
        await foreach (var folder in storage.FoldersAsync(cancellation)) folders.Add(folder);
        progress.Folders = folders.Count;

        await foreach (var (recordId, format) in FormatsAsync(cancellation))
        {
            progress.Formats++;
            var there = Places.Where(place => folders.Remove(new FormatFolder(place, format, recordId))).ToList();
            await foreach (var finding in OfFormatAsync(recordId, format, there, options, progress, cancellation)) yield return finding;
        }

        foreach (var folder in folders)
        {
            if (await IsOrphanedAsync(folder, cancellation)) yield return await repair.OrphanedAsync(folder, options, IsOrphanedAsync, cancellation);
        }
    }

    private async IAsyncEnumerable<Finding> OfFormatAsync(
        string recordId, string format, List<RecordingPlace> there, VerifyOptions options, VerifyProgress progress,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await catalog.FindPlayedAsync(recordId, format, cancellation) is not { } known) yield break;
        var wanted = known.State == RecordingState.Published ? RecordingPlace.Published : RecordingPlace.Unpublished;
        if (known.State == RecordingState.Deleted || there is not [var only] || only != wanted)
        {
            if (await IsBeingMovedAsync(recordId, format, cancellation)) yield break;
            there = await ThereAsync(recordId, format, cancellation);
            if (PlaceFinding(recordId, format, known.State, wanted, there) is { } finding)
            {
                yield return await repair.PlaceAsync(finding, wanted, options, cancellation);
                if (!there.Contains(wanted)) yield break;
            }
        }

        if (!options.Content || known.State == RecordingState.Deleted) yield break;
        var content = new FormatContent(storage, new FormatFolder(wanted, format, recordId), known.ManifestSha256);
        await foreach (var finding in content.CompareAsync(progress, cancellation))
        {
            // It may have gone to the other place while it was read.
            if (!(await ThereAsync(recordId, format, cancellation)).Contains(wanted)) yield break;
            yield return finding;
        }
    }

    private static Finding? PlaceFinding(
        string recordId, string format, RecordingState state, RecordingPlace wanted, List<RecordingPlace> there)
    {
        Finding Found(FindingKind kind, RecordingPlace? place, string detail) => new(kind, recordId, format, place, null, detail);
        var other = wanted == RecordingPlace.Published ? RecordingPlace.Unpublished : RecordingPlace.Published;
        if (state == RecordingState.Deleted) return there.Count == 0 ? null : Found(FindingKind.Undeleted, there[0], "the recording was deleted");
        if (there.Count == 0) return Found(FindingKind.Missing, null, "there are no files");
        if (!there.Contains(wanted)) return Found(FindingKind.Misplaced, other, $"the recording is {Lower(state)}");
        return there.Contains(other) ? Found(FindingKind.Twice, other, $"the recording is {Lower(state)}") : null;
    }

    private static string Lower(RecordingState state) => state.ToString().ToLowerInvariant();

    private async Task<List<RecordingPlace>> ThereAsync(string recordId, string format, CancellationToken cancellation)
    {
        var there = new List<RecordingPlace>();
        foreach (var place in Places)
        {
            if (await storage.FilesAsync(new FormatFolder(place, format, recordId), cancellation).AnyAsync(cancellation)) there.Add(place);
        }

        return there;
    }

    private async Task<bool> IsBeingMovedAsync(string recordId, string format, CancellationToken cancellation) =>
        (await catalog.FileWorkAsync(recordId, cancellation)).Any(work => work.Format == format && work.Since > time.GetUtcNow() - Grace);

    private async Task<bool> IsOrphanedAsync(FormatFolder folder, CancellationToken cancellation)
    {
        if (await catalog.FindPlayedAsync(folder.RecordId, folder.Format, cancellation) is not null) return false;
        await using var command = database.CreateCommand(OpenImportSql);
        command.Parameters.AddWithValue(folder.RecordId);
        if (await command.ExecuteScalarAsync(cancellation) is true) return false;
        return await storage.FilesAsync(folder, cancellation).AnyAsync(cancellation);
    }

    private async IAsyncEnumerable<(string RecordId, string Format)> FormatsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var (recordId, format) = ("", "");
        while (true)
        {
            var page = new List<(string RecordId, string Format)>(Page);
            await using (var command = database.CreateCommand(FormatsSql))
            {
                command.Parameters.AddWithValue(recordId);
                command.Parameters.AddWithValue(format);
                command.Parameters.AddWithValue(Page);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                while (await row.ReadAsync(cancellation)) page.Add((row.GetString(0), row.GetString(1)));
            }

            foreach (var one in page) yield return one;
            if (page.Count < Page) yield break;
            (recordId, format) = page[^1];
        }
    }
}
