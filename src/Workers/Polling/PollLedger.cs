using Npgsql;
using NpgsqlTypes;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Projections.Servers;

namespace Scalelite.Workers.Polling;

/// <summary>Reads what a poll is compared with: once before the call, once after the answer, one round trip each.</summary>
public sealed class PollLedger(NpgsqlDataSource database)
{
    private const string ServerSql =
        """
        select s.id, s.url, s.secret_fingerprint, s.state, s.health, s.offline_since,
               s.bbb_version, l.round, l.polled_at, l.successes, l.failures, l.missing
        from server s join server_load l on l.server_id = s.id
        where s.id = $1
        """;

    private const string ExpectedSql =
        $"select {LocationColumns}, coalesce(j.joins, 0) from meeting_location m left join meeting_joins j on j.instance = m.instance where m.server_id = $1";

    /// <summary>Copies on the server, with the users of the meeting where it is now.</summary>
    private const string CopiesSql =
        """
        select c.instance, i.tenant_id, c.meeting_id, c.internal_meeting_id, c.reason, c.since,
               (p.users + greatest(0, coalesce(j.joins, 0) - p.joins_before))::int
        from meeting_copy c
        join meeting_instance i on i.instance = c.instance
        left join meeting_location m on m.instance = c.instance and m.state = 'live'
        left join server_load l on l.server_id = m.server_id
        left join polled_meeting p
            on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id and p.round = l.answered_round
        left join meeting_joins j on j.instance = c.instance
        where c.server_id = $1
        """;

    private const string LocationsSql =
        $"""
        select {LocationColumns} from meeting_location m where m.server_id = $1
        union
        select {LocationColumns} from meeting_location m where m.meeting_id = any($2)
        """;

    private const string EndedSql =
        "select internal_meeting_id, how, ended_at from meeting_instance where internal_meeting_id = any($1) and state = 'ended'";

    private const string LocationColumns =
        "m.tenant_id, m.meeting_id, m.instance, m.server_id, m.internal_meeting_id, m.state, m.deadline, m.placed_at";

    /// <summary>The server, what should be on it and what was left there; null if it is gone.</summary>
    public async Task<PollPage?> ReadAsync(string serverId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { For(ServerSql, serverId), For(ExpectedSql, serverId), For(CopiesSql, serverId) },
        };
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        if (!await rows.ReadAsync(cancellation)) return null;
        var page = ReadServer(rows);

        await rows.NextResultAsync(cancellation);
        var expected = new List<KnownLocation>();
        var joins = new Dictionary<Guid, long>();
        while (await rows.ReadAsync(cancellation))
        {
            expected.Add(ReadLocation(rows));
            joins[rows.GetGuid(2)] = rows.GetInt64(8);
        }

        await rows.NextResultAsync(cancellation);
        var copies = new List<WatchedCopy>();
        while (await rows.ReadAsync(cancellation))
        {
            copies.Add(new WatchedCopy(
                rows.GetGuid(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.IsDBNull(3) ? null : rows.GetString(3),
                Enum.Parse<CopyReason>(rows.GetString(4)),
                rows.GetFieldValue<DateTimeOffset>(5),
                rows.IsDBNull(6) ? null : rows.GetInt32(6)));
        }

        return page with { Expected = expected, Copies = copies, JoinsBefore = joins };
    }

    /// <summary>What our events say, now, about the meetings of an answer.</summary>
    public async Task<PollKnowledge> ReadAsync(PollPage page, IReadOnlyList<FoundMeeting> answer, CancellationToken cancellation)
    {
        var named = new NpgsqlBatchCommand(LocationsSql);
        named.Parameters.Add(new() { Value = page.Server.Id });
        named.Parameters.Add(new() { Value = answer.Select(m => m.MeetingId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var ended = new NpgsqlBatchCommand(EndedSql);
        ended.Parameters.Add(new() { Value = answer.Select(m => m.InternalMeetingId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { named, ended } };
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var locations = new List<KnownLocation>();
        while (await rows.ReadAsync(cancellation)) locations.Add(ReadLocation(rows));

        await rows.NextResultAsync(cancellation);
        var runs = new List<EndedRun>();
        while (await rows.ReadAsync(cancellation))
            runs.Add(new EndedRun(rows.GetString(0), Enum.Parse<EndLearned>(rows.GetString(1)), rows.GetFieldValue<DateTimeOffset>(2)));
        return new PollKnowledge(page.Expected, locations, page.Copies, runs, page.JoinsBefore);
    }

    private static PollPage ReadServer(NpgsqlDataReader row)
    {
        var server = PoolServer.Read(row, 0);
        var polls = new PolledServer(
            server.Id, server.State, server.Health, row.GetInt32(9), row.GetInt32(10), row.GetFieldValue<Guid[]>(11).ToHashSet());
        return new PollPage(
            server,
            row.IsDBNull(6) ? null : row.GetString(6),
            row.GetInt64(7),
            row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
            polls,
            [],
            [],
            new Dictionary<Guid, long>());
    }

    private static KnownLocation ReadLocation(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetGuid(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.GetString(5) == "placing" ? MeetingPhase.Placing : MeetingPhase.Live,
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7));

    private static NpgsqlBatchCommand For(string sql, string serverId) => new(sql) { Parameters = { new() { Value = serverId } } };
}

/// <summary>What is known of a server before it is polled.</summary>
/// <param name="Round">The last accepted one.</param>
/// <param name="Polls">Its health and what its polls so far left.</param>
public sealed record PollPage(
    PoolServer Server,
    string? Version,
    long Round,
    DateTimeOffset? PolledAt,
    PolledServer Polls,
    IReadOnlyList<KnownLocation> Expected,
    IReadOnlyList<WatchedCopy> Copies,
    IReadOnlyDictionary<Guid, long> JoinsBefore);
