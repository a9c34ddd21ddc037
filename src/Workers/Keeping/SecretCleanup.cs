using Npgsql;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Keeping;

/// <summary>
/// Removes sealed secrets that nobody needs any more: those that have ended, and the URLs and passwords of runs that ended longer ago than
/// CALLBACK_HISTORY_DAYS. No event says so: none ever held them.
/// </summary>
public sealed class SecretCleanup(NpgsqlDataSource database, SecretVault vault, Settings settings, TimeProvider time)
{
    private const int Batch = 500;

    /// <summary>
    /// Runs are UUIDs v7, so the owners of old ones come first in the primary key; what stands there besides is few: servers, tenants, and
    /// runs that go on. $1: the UUID of a run that would begin now and be too old. $2: ended before. $3: limit.
    /// </summary>
    internal const string OfRunsSql =
        """
        delete from secret where (owner, kind, n) in (
            select s.owner, s.kind, s.n from secret s
            join meeting_instance i on i.instance = case when s.owner ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then s.owner::uuid end
            where s.owner < $1 and (s.kind like 'callback:%' or s.kind = 'moderator-password') and i.ended_at <= $2
            limit $3)
        """;

    /// <summary>Removes some.</summary>
    /// <returns>How many; whoever gets 0 is done.</returns>
    public async Task<int> CleanSomeAsync(CancellationToken cancellation)
    {
        var removed = await vault.DeleteExpiredAsync(Batch, cancellation);
        if (settings.Keeping.Callbacks is not { } kept) return removed;
        var endedBy = time.GetUtcNow() - kept;
        await using var command = database.CreateCommand(OfRunsSql);
        command.Parameters.AddWithValue(Guid.CreateVersion7(endedBy).ToString());
        command.Parameters.AddWithValue(endedBy);
        command.Parameters.AddWithValue(Batch);
        return removed + await command.ExecuteNonQueryAsync(cancellation);
    }
}
