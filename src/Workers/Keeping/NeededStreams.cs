using Npgsql;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Polling;

namespace Scalelite.Workers.Keeping;

/// <summary>
/// What the read models of the present are still made of: they must be rebuilt to the same rows without a stream that is pruned. A server
/// that is dead for longer than polls are kept shows its last answer; a meeting may live as long.
/// </summary>
internal static class NeededStreams
{
    /// <summary>The rounds that rows know, of polls that began since the server was registered; none for a server that is gone.</summary>
    public static async Task<NeededPolls> OfServerAsync(NpgsqlConnection connection, PastStream.Polls polls, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select l.registered_at, l.answered_round, array(select round from poll_round where server_id = $1),
                   exists (select from polled_meeting where server_id = $1 and first_seen_at < $2 and last_seen_at >= $3)
            from server_load l where l.server_id = $1
            """,
            connection);
        command.Parameters.AddWithValue(polls.ServerId);
        command.Parameters.AddWithValue(polls.EndsAt);
        command.Parameters.AddWithValue(polls.EndsAt.AddDays(-1));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new NeededPolls(row.GetFieldValue<DateTimeOffset>(0), [.. row.GetFieldValue<long[]>(2), row.GetInt64(1)], row.GetBoolean(3))
            : new NeededPolls(DateTimeOffset.MaxValue, [], HasMeeting: false);
    }

    /// <summary>Whether joins of one of these runs are still counted.</summary>
    public static async Task<bool> AreCountedAsync(NpgsqlConnection connection, IEnumerable<Guid> instances, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select exists (select from meeting_joins where instance = any($1))", connection);
        command.Parameters.AddWithValue(instances.Distinct().ToArray());
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}

/// <summary>What rows know of a server's polls.</summary>
/// <param name="Since">Older polls are not of this registration.</param>
/// <param name="HasMeeting">A meeting that was seen on that day has its size over time in a row.</param>
internal sealed record NeededPolls(DateTimeOffset Since, HashSet<long> Rounds, bool HasMeeting)
{
    /// <summary>Whether a row was made of this poll.</summary>
    public bool Include(object poll) => poll switch
    {
        ServerPolled e => e.BeganAt >= Since && Rounds.Contains(e.Round),
        ServerPollFailed e => e.BeganAt >= Since && Rounds.Contains(e.Round),
        _ => false,
    };
}
