using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Messaging.Sending;

/// <summary>
/// Stores messages and acknowledges handled ones. What arrives while a statement is under way waits and goes together
/// in the next one, so that many callers share a commit.
/// </summary>
internal sealed class GroupCommit(NpgsqlDataSource database, WakeUp due)
{
    private const int MaxGroup = 1000;

    // The class of SQLSTATEs that are about a value.
    private const string DataException = "22";

    private const string Acknowledge =
        """
        delete from message held using unnest($1, $2, $3) done(id, owner, attempt)
        where held.id = done.id and held.owner = done.owner and held.attempt = done.attempt
        returning held.id
        """;

    private const string Sent = "unnest($1, $2, $3, $4, $5, $6, $7) sent(id, type, body, at, delay, correlation_id, causation_id)";

    private const string Store = EnvelopeColumns.InsertFrom + Sent;

    /// <summary>Messages that a handler sent are stored only if its own message could be acknowledged.</summary>
    private const string AcknowledgeAndStore =
        $"""
        with acknowledged as (
            delete from message held using unnest($9, $10, $11) done(id, owner, attempt)
            where held.id = done.id and held.owner = done.owner and held.attempt = done.attempt
            returning held.id
        ), stored as (
            {EnvelopeColumns.InsertFrom}
            unnest($1, $2, $3, $4, $5, $6, $7, $8) sent(id, type, body, at, delay, correlation_id, causation_id, sender)
            where sent.sender is null or sent.sender in (select id from acknowledged)
        )
        select id from acknowledged
        """;

    private readonly Lock _lock = new();
    private List<Entry> _waiting = [];
    private bool _writing;

    /// <summary>Returns when the messages are stored for good.</summary>
    public Task StoreAsync(IReadOnlyList<Envelope> envelopes) => envelopes.Count == 0 ? Task.CompletedTask : Write(new Entry(null, envelopes));

    /// <summary>Returns when the message is deleted and what its handler sent is stored, both or neither.</summary>
    /// <exception cref="LeaseLostException">The message is no longer the caller's; nothing was stored.</exception>
    public Task AcknowledgeAsync(Lease lease, IReadOnlyList<Envelope> sent) => Write(new Entry(lease, sent));

    private Task Write(Entry entry)
    {
        bool first;
        lock (_lock)
        {
            _waiting.Add(entry);
            first = !_writing;
            _writing = true;
        }

        if (first) _ = Task.Run(WriteAll);
        return entry.Written.Task;
    }

    private async Task WriteAll()
    {
        while (true)
        {
            List<Entry> group;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _writing = false;
                    return;
                }

                if (_waiting.Count <= MaxGroup)
                {
                    group = _waiting;
                    _waiting = [];
                }
                else
                {
                    group = _waiting.GetRange(0, MaxGroup);
                    _waiting.RemoveRange(0, MaxGroup);
                }
            }

            await WriteGroup(group).ConfigureAwait(false);
        }
    }

    private async Task WriteGroup(List<Entry> group)
    {
        try
        {
            var acknowledged = await Run(group).ConfigureAwait(false);
            foreach (var entry in group)
            {
                if (entry.Lease is { } lease && !acknowledged.Contains(lease.MessageId))
                    entry.Written.TrySetException(new LeaseLostException(lease.MessageId));
                else
                    entry.Written.TrySetResult();
            }

            if (group.Exists(entry => entry.Sent.Any(envelope => envelope.DueAtOnce))) due.Wake();
        }
        catch (PostgresException refused) when (group.Count > 1 && refused.SqlState.StartsWith(DataException, StringComparison.Ordinal))
        {
            // What PostgreSQL refuses of one caller, such as a NUL in a text, must not fail the others.
            foreach (var entry in group) await WriteGroup([entry]).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, each caller gets it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var entry in group) entry.Written.TrySetException(failure);
        }
    }

    private async Task<HashSet<Guid>> Run(List<Entry> group)
    {
        var leases = group.Where(entry => entry.Lease is not null).Select(entry => entry.Lease!.Value).ToArray();
        var envelopes = group.SelectMany(entry => entry.Sent).ToArray();
        await using var command = database.CreateCommand(leases.Length == 0 ? Store : envelopes.Length == 0 ? Acknowledge : AcknowledgeAndStore);
        if (envelopes.Length > 0) AddEnvelopes(command, EnvelopeColumns.Of(envelopes));
        if (envelopes.Length > 0 && leases.Length > 0)
        {
            var senders = group.SelectMany(entry => entry.Sent.Select(_ => entry.Lease?.MessageId)).ToArray();
            command.Parameters.Add(new() { Value = senders, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        }

        if (leases.Length > 0) AddLeases(command, leases);
        var acknowledged = new HashSet<Guid>(leases.Length);
        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await rows.ReadAsync().ConfigureAwait(false)) acknowledged.Add(rows.GetGuid(0));
        return acknowledged;
    }

    private static void AddEnvelopes(NpgsqlCommand command, EnvelopeColumns columns)
    {
        command.Parameters.Add(new() { Value = columns.Ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = columns.Types, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = columns.Bodies, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = columns.At, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = columns.Delays, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = columns.CorrelationIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = columns.CausationIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
    }

    private static void AddLeases(NpgsqlCommand command, Lease[] leases)
    {
        command.Parameters.Add(new() { Value = Array.ConvertAll(leases, lease => lease.MessageId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = Array.ConvertAll(leases, lease => lease.Owner), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = Array.ConvertAll(leases, lease => lease.Attempt), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
    }

    private sealed record Entry(Lease? Lease, IReadOnlyList<Envelope> Sent)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
