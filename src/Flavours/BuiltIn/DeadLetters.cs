using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Flavour;

/// <summary>The dead letters of the built-in bus, in its table <c>message_dead_letter</c>.</summary>
internal sealed class DeadLetters(NpgsqlDataSource database) : IDeadLetters
{
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int limit = 100, string? messageType = null, int offset = 0, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand(
            $"""
            select id, type, body::text, error, sent_at from message_dead_letter
            {(messageType is null ? "" : "where type = $3")}
            order by failed_at desc, id desc limit $1 offset $2
            """);
        command.Parameters.AddWithValue(limit);
        command.Parameters.AddWithValue(offset);
        if (messageType is not null) command.Parameters.AddWithValue(messageType);
        return await ReadAsync(command, cancellation);
    }

    public async Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand("select id, type, body::text, error, sent_at from message_dead_letter where id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancellation)).SingleOrDefault();
    }

    public Task<long> CountAsync(CancellationToken cancellation = default) => NumberAsync("select count(*) from message_dead_letter", cancellation);

    public async Task<bool> ReplayAsync(Guid id, CancellationToken cancellation = default) =>
        await NumberAsync("select replay_dead_letters($1)", cancellation, id) > 0;

    public Task<long> ReplayAllAsync(CancellationToken cancellation = default) => NumberAsync("select replay_dead_letters(null)", cancellation);

    private static async Task<IReadOnlyList<DeadLetter>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var letters = new List<DeadLetter>();
        while (await rows.ReadAsync(cancellation))
            letters.Add(new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetFieldValue<DateTimeOffset>(4)));
        return letters;
    }

    private async Task<long> NumberAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
