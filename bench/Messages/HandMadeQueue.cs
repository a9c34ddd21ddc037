using System.Text.Json;
using Npgsql;

namespace Scalelite.Bench.Messages;

/// <summary>The least that the same rows cost: one connection that stores, claims and deletes them in groups, three statements a group.</summary>
internal static class HandMadeQueue
{
    private const int Group = 128;

    public static async Task RunAsync(NpgsqlDataSource database, int messages)
    {
        var owner = Guid.NewGuid();
        await using var connection = await database.OpenConnectionAsync();
        for (var done = 0; done < messages; done += Group)
        {
            var count = Math.Min(Group, messages - done);
            await StoreAsync(connection, count);
            await DeleteAsync(connection, await ClaimAsync(connection, count, owner), owner);
        }
    }

    private static async Task StoreAsync(NpgsqlConnection connection, int count)
    {
        await using var command = new NpgsqlCommand(
            "insert into message (id, type, body, due_at) select id, $2, body::jsonb, now() from unnest($1, $3) sent(id, body)", connection);
        command.Parameters.AddWithValue(Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray());
        command.Parameters.AddWithValue(typeof(Ping).FullName!);
        command.Parameters.AddWithValue(Enumerable.Range(0, count).Select(_ => JsonSerializer.Serialize(new Ping(Guid.NewGuid(), 1))).ToArray());
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<Guid[]> ClaimAsync(NpgsqlConnection connection, int count, Guid owner)
    {
        await using var command = new NpgsqlCommand(
            """
            with due as materialized (
                select id from message where due_at <= now() and (leased_until is null or leased_until <= now())
                order by due_at limit $1 for update skip locked
            )
            update message set owner = $2, attempt = attempt + 1, leased_until = now() + interval '15 s'
            from due where message.id = due.id returning message.id, message.body
            """,
            connection);
        command.Parameters.AddWithValue(count);
        command.Parameters.AddWithValue(owner);
        await using var rows = await command.ExecuteReaderAsync();
        var claimed = new List<Guid>();
        while (await rows.ReadAsync())
        {
            JsonSerializer.Deserialize<Ping>(rows.GetString(1));
            claimed.Add(rows.GetGuid(0));
        }

        return [.. claimed];
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, Guid[] messages, Guid owner)
    {
        await using var command = new NpgsqlCommand("delete from message where id = any($1) and owner = $2", connection);
        command.Parameters.AddWithValue(messages);
        command.Parameters.AddWithValue(owner);
        await command.ExecuteNonQueryAsync();
    }
}
