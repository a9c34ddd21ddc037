using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>What is left of polls that were pruned: the table <c>server_minute</c>.</summary>
internal sealed class PastMinutes(NpgsqlDataSource database)
{
    // A server that nobody could reach for longer shows nothing, as it would if its polls were there.
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);

    /// <summary>The last minute of each server with an answer that the fold knows nothing of because its polls are pruned; none, where all are there.</summary>
    public async Task<IReadOnlyDictionary<string, PastMinute>> FindAsync(PoolState state, DateTimeOffset at, CancellationToken cancellation)
    {
        if (state.Servers.Count == 0 || !await AnyPrunedAsync(cancellation)) return new Dictionary<string, PastMinute>();
        var found = new Dictionary<string, PastMinute>(StringComparer.Ordinal);
        foreach (var (serverId, minute) in await NewerAsync(state, at, cancellation)) found[serverId] = minute;
        foreach (var serverId in await NotPrunedAsync(found, cancellation)) found.Remove(serverId);
        return found;
    }

    private async Task<bool> AnyPrunedAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select exists (select from mt_streams where id = $1)");
        command.Parameters.AddWithValue(Streams.Log);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Minutes that began after the last answer that the fold has, and not before the server was registered.</summary>
    private async Task<List<(string ServerId, PastMinute Minute)>> NewerAsync(PoolState state, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select s.id, m.minute, m.load, m.meetings, m.users, m.videos
            from unnest($1::text[], $2::timestamptz[]) as s (id, after)
            cross join lateral (
                select minute, load, meetings, users, videos from server_minute
                where server_id = s.id and minute > s.after and minute <= $3 and polls > failed order by minute desc limit 1) m
            """);
        var servers = state.Servers.Values.ToArray();
        command.Parameters.AddWithValue(servers.Select(server => server.Id).ToArray());
        command.Parameters.AddWithValue(servers.Select(server => Later(server.AnsweredAt ?? Earlier(server.RegisteredAt), at - LookBack).UtcDateTime).ToArray());
        command.Parameters.AddWithValue(at.ToUniversalTime());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var found = new List<(string, PastMinute)>();
        while (await row.ReadAsync(cancellation))
        {
            found.Add((
                row.GetString(0),
                new PastMinute(row.GetFieldValue<DateTimeOffset>(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5))));
        }

        return found;
    }

    /// <summary>Those whose polls of that day are there: the minute is one that a poll began in whose event came after the moment.</summary>
    private async Task<List<string>> NotPrunedAsync(Dictionary<string, PastMinute> found, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select p.id from unnest($1::text[], $2::text[]) as p (id, stream) join mt_streams on mt_streams.id = p.stream");
        command.Parameters.AddWithValue(found.Keys.ToArray());
        command.Parameters.AddWithValue(found.Select(minute => Streams.Polls(minute.Key, minute.Value.Minute)).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var there = new List<string>();
        while (await row.ReadAsync(cancellation)) there.Add(row.GetString(0));
        return there;
    }

    private static DateTimeOffset Earlier(DateTimeOffset registered) => registered.AddMinutes(-1);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
