using Npgsql;
using NpgsqlTypes;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Delivering;

/// <summary>What a worker does with the table of messages, a short statement each. Time is the database's, so that no machines' clocks are compared.</summary>
internal sealed class MessageQueue(NpgsqlDataSource database)
{
    /// <summary>
    /// Claims need not survive a crash of the database: an acknowledgement names the owner, so a lost claim costs a repetition at most.
    /// So they do not wait for the disk.
    /// </summary>
    private const string ClaimDue =
        """
        with unhurried as materialized (
            select set_config('synchronous_commit', 'off', true)
        ), due as materialized (
            select id from message
            where due_at <= now() and (leased_until is null or leased_until <= now())
            order by due_at
            limit $1
            for update skip locked
        )
        update message set owner = $2, attempt = message.attempt + 1, leased_until = now() + $3
        from due, unhurried
        where message.id = due.id
        returning message.id, message.attempt, message.type, message.body, message.correlation_id
        """;

    /// <summary>Rows that are locked are being finished or taken: waiting for them could only deadlock.</summary>
    private const string RenewHeld =
        """
        update message set leased_until = now() + $1
        where id in (select id from message where id = any($2) and owner = $3 for update skip locked)
        """;

    private const string RetryLater =
        """
        update message set owner = null, leased_until = null, error = $4, due_at = now() + $5
        where id = $1 and owner = $2 and attempt = $3
        """;

    private const string Bury =
        """
        with dead as (
            delete from message where id = $1 and owner = $2 and attempt = $3 returning *
        )
        insert into message_dead_letter (id, type, body, attempts, correlation_id, causation_id, sent_at, error)
        select id, type, body, attempt, correlation_id, causation_id, sent_at, $4 from dead
        """;

    /// <summary>The run does not count: it was the process or the database that ended it, not the message.</summary>
    private const string GiveBack =
        """
        update message set owner = null, leased_until = null, attempt = message.attempt - 1, due_at = greatest(due_at, now() + $4)
        from unnest($1, $2, $3) held(id, owner, attempt)
        where message.id = held.id and message.owner = held.owner and message.attempt = held.attempt
        """;

    /// <summary>Takes up to <paramref name="limit"/> due messages for <paramref name="owner"/>, those that are due longest first.</summary>
    public async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(int limit, Guid owner, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ClaimDue);
        command.CommandTimeout = (int)Math.Ceiling(lease.TotalSeconds);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var claimed = new List<ClaimedMessage>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var correlationId = rows.IsDBNull(4) ? null : rows.GetString(4);
            claimed.Add(new(new(rows.GetGuid(0), owner, rows.GetInt32(1)), rows.GetString(2), rows.GetString(3), correlationId));
        }

        return claimed;
    }

    /// <summary>Prolongs the leases of all these messages that <paramref name="owner"/> still holds.</summary>
    public async Task RenewAsync(Guid[] messages, Guid owner, TimeSpan lease, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(RenewHeld);
        command.CommandTimeout = (int)Math.Ceiling(lease.TotalSeconds / 3);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = messages });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives a failed message back, to be claimed after <paramref name="delay"/>.</summary>
    public async Task RetryAsync(Lease lease, string error, TimeSpan delay)
    {
        await using var command = ForLease(RetryLater, lease);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = error });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = delay });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Moves a message to the dead letters.</summary>
    public async Task BuryAsync(Lease lease, string error)
    {
        await using var command = ForLease(Bury, lease);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = error });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Gives messages back as if they had not been claimed, to be claimed after <paramref name="delay"/>.</summary>
    public async Task GiveBackAsync(IReadOnlyCollection<Lease> leases, TimeSpan delay)
    {
        await using var command = database.CreateCommand(GiveBack);
        command.Parameters.Add(new() { Value = leases.Select(lease => lease.MessageId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = leases.Select(lease => lease.Owner).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = leases.Select(lease => lease.Attempt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = delay });
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private NpgsqlCommand ForLease(string sql, Lease lease)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease.MessageId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease.Owner });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = lease.Attempt });
        return command;
    }
}
