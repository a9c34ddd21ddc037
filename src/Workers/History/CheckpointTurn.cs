using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Workers.History;

/// <summary>
/// Whose turn it is to make checkpoints, by a lease; and what is known of the safe head, for those who ask of a moment. Two who take it for
/// theirs make the same checkpoints, so nothing more is needed.
/// </summary>
internal sealed class CheckpointTurn(NpgsqlDataSource database, TimeProvider time)
{
    private const string TakeSql =
        """
        update pool_checkpoint_turn
        set owner = $1, leased_until = now() + interval '15 seconds', safe_number = greatest(safe_number, $2), safe_at = greatest(safe_at, $3)
        where owner is null or owner = $1 or leased_until < now()
        returning now(), (select case when is_called then last_value else 0 end from mt_events_sequence), safe_number
        """;

    private readonly Guid _owner = Guid.CreateVersion7();
    private readonly SafeHead _head = new(database, time);
    private readonly Queue<(DateTimeOffset At, long Drawn)> _drawn = new();
    private DateTimeOffset? _safeAt;

    /// <summary>Takes the turn, or keeps it, and looks how far the log is safe.</summary>
    /// <returns>The safe number; null while it is somebody else's turn.</returns>
    public async Task<long?> TakeAsync(CancellationToken cancellation)
    {
        long known;
        await using (var command = database.CreateCommand(TakeSql))
        {
            command.Parameters.AddWithValue(_owner);
            command.Parameters.AddWithValue(_head.Number);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = _safeAt });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation)) return null;
            _drawn.Enqueue((row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)));
            known = row.GetInt64(2);
        }

        var safe = await _head.ObserveAsync(cancellation);
        while (_drawn.TryPeek(out var drawn) && drawn.Drawn <= safe) _safeAt = _drawn.Dequeue().At;
        return Math.Max(safe, known);
    }

    /// <summary>Lets others have it at once.</summary>
    public async Task GiveUpAsync()
    {
        await using var command = database.CreateCommand("update pool_checkpoint_turn set owner = null where owner = $1");
        command.Parameters.AddWithValue(_owner);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
