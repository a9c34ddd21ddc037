using Npgsql;
using Scalelite.Domain.Callbacks;

namespace Scalelite.Workers.Callbacks;

/// <summary>A callback that this worker may send now.</summary>
internal sealed record ClaimedCallback(
    Guid CallbackId, int Attempt, CallbackKind Kind, string TenantId, string MeetingId, string? RecordId, string UrlFingerprint, string? SignerFingerprint);

/// <summary>Lets one worker at a time be at a callback, on whichever instance. What a worker that died was at is free again when its lease ends.</summary>
internal sealed class CallbackClaims(NpgsqlDataSource database)
{
    // A claim stays after its attempt: a worker that read the row before the attempt was written must not begin it anew.
    private const string ClaimSql =
        """
        with due as (
            select callback_id, kind, tenant_id, meeting_id, record_id, url_fingerprint, signer_fingerprint
            from callback_queue where callback_id = $1 and state = 'waiting' and attempts = $2 - 1 and due_at <= $3),
        claimed as (
            insert into callback_claim as c (callback_id, attempt, leased_until) select callback_id, $2, $5 from due
            on conflict (callback_id) do update set attempt = excluded.attempt, leased_until = excluded.leased_until
            where c.attempt < excluded.attempt or c.leased_until <= $4
            returning c.callback_id)
        select due.* from due join claimed using (callback_id)
        """;

    /// <summary>Clocks differ, and a message may come a little early.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);

    /// <summary>The callback, if this attempt of it is due and no other worker is at it.</summary>
    public async Task<ClaimedCallback?> ClaimAsync(CallBack due, DateTimeOffset now, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ClaimSql);
        command.Parameters.AddWithValue(due.CallbackId);
        command.Parameters.AddWithValue(due.Attempt);
        command.Parameters.AddWithValue(now.ToUniversalTime() + Early);
        command.Parameters.AddWithValue(now.ToUniversalTime());
        command.Parameters.AddWithValue(now.ToUniversalTime() + lease);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new ClaimedCallback(
                row.GetGuid(0), due.Attempt, Enum.Parse<CallbackKind>(row.GetString(1)), row.GetString(2), row.GetString(3),
                row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6))
            : null;
    }

    /// <summary>Forgets claims that ended so long ago that nobody can be in the middle of reading their rows.</summary>
    public async Task ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("delete from callback_claim where leased_until < $1");
        command.Parameters.AddWithValue(endedBefore.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
