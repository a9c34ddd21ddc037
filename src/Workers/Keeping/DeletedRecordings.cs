using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Keeping;

/// <summary>Finds recordings that were deleted longer ago than RECORDING_METADATA_DAYS, and are not forgotten yet.</summary>
public sealed class DeletedRecordings(NpgsqlDataSource database, Settings settings, TimeProvider time)
{
    private const int Page = 200;

    /// <summary>Those that are to be forgotten now, the oldest first; none where RECORDING_METADATA_DAYS is not set. One that is to be restored waits.</summary>
    public async IAsyncEnumerable<string> OldAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (settings.Keeping.RecordingMetadata is not { } kept) yield break;
        var by = time.GetUtcNow() - kept;
        var (deletedAt, recordId) = (DateTimeOffset.UnixEpoch, "");
        while (true)
        {
            var page = new List<string>();
            await using (var command = database.CreateCommand(
                """
                select record_id, deleted_at from recording_catalog
                where state = 'deleted' and not forgotten and not restores and deleted_at <= $1 and (deleted_at, record_id) > ($2, $3)
                order by deleted_at, record_id limit $4
                """))
            {
                foreach (var value in (object[])[by, deletedAt, recordId, Page]) command.Parameters.AddWithValue(value);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                while (await row.ReadAsync(cancellation))
                {
                    (recordId, deletedAt) = (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1));
                    page.Add(recordId);
                }
            }

            foreach (var id in page) yield return id;
            if (page.Count < Page) yield break;
        }
    }
}
