using Npgsql;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;

namespace Scalelite.Api.AdminV1;

/// <summary>A run of a meeting: where it is, why there, and all that happened to it.</summary>
/// <param name="Instance">This run.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="State"><c>placing</c>, <c>live</c>, <c>ended</c>, <c>failed</c>.</param>
/// <param name="ServerUrl">Null where its server left the pool.</param>
/// <param name="Adopted">It was found on its node, not placed by us.</param>
/// <param name="Users">In the last poll that showed it; null where none has, or it is over.</param>
/// <param name="How">How its end was learned.</param>
/// <param name="Why">Why it is where it is; null for one that was adopted and never moved.</param>
/// <param name="Events">Its stream, in order; the data of each as it is stored.</param>
internal sealed record MeetingDocument(
    Guid Instance, string TenantId, string MeetingId, string? Name, string State, string ServerId, string? ServerUrl, string? InternalMeetingId,
    string? VoiceBridge, bool Record, bool IsBreakout, bool Adopted, int Moves, int? Users, DateTimeOffset PlacedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt, string? How, MeetingChoice? Why, IReadOnlyList<HistoryEvent> Events)
{
    private const string Sql =
        """
        select i.instance, i.tenant_id, i.meeting_id, i.name, i.state, i.server_id, s.url, i.internal_meeting_id, i.voice_bridge, i.record, i.is_breakout,
               i.adopted, i.moves, p.users, i.placed_at, i.started_at, i.ended_at, i.how
        from meeting_instance i
        left join server s on s.id = i.server_id
        left join polled_meeting p on i.state = 'live' and p.server_id = i.server_id and p.internal_meeting_id = i.internal_meeting_id
        where i.instance = $1
        """;

    /// <summary>A run, or null.</summary>
    public static async Task<MeetingDocument?> FindAsync(ApiCall call, Guid instance)
    {
        MeetingDocument found;
        await using (var command = call.Get<NpgsqlDataSource>().CreateCommand(Sql))
        {
            command.Parameters.AddWithValue(instance);
            await using var row = await command.ExecuteReaderAsync(call.Cancellation);
            if (!await row.ReadAsync(call.Cancellation)) return null;
            found = new MeetingDocument(
                row.GetGuid(0), row.GetString(1), row.GetString(2), Text(row, 3), row.GetString(4), row.GetString(5), Text(row, 6), Text(row, 7), Text(row, 8),
                row.GetBoolean(9), row.GetBoolean(10), row.GetBoolean(11), row.GetInt32(12), row.IsDBNull(13) ? null : row.GetInt32(13),
                row.GetFieldValue<DateTimeOffset>(14), Time(row, 15), Time(row, 16), Text(row, 17), null, []);
        }

        return found with { Why = await WhyAsync(call, instance), Events = await EventPages.ReadAsync(call, Streams.Meeting(instance)) };
    }

    /// <summary>What the last event that chose a server says.</summary>
    private static async Task<MeetingChoice?> WhyAsync(ApiCall call, Guid instance)
    {
        await using var session = call.Get<IDocumentStore>().LightweightSession();
        var events = await session.Events.FetchStreamAsync(Streams.Meeting(instance), token: call.Cancellation);
        return events.Select(e => e.Data switch
        {
            MeetingPlaced placed => MeetingChoice.Of(placed.ServerId, placed.At, placed.Why),
            MeetingMoved { Why: { } why } moved => MeetingChoice.Of(moved.ToServerId, moved.At, why),
            _ => null,
        }).LastOrDefault(choice => choice is not null);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>Why a server was chosen.</summary>
/// <param name="Policy">The policy's name, or <c>held</c> where the meeting had a server already.</param>
/// <param name="Rule">The rule that chose, for a person.</param>
/// <param name="Tag">The tag that was asked for.</param>
/// <param name="Candidates">How many servers could have been chosen.</param>
/// <param name="Considered">Those with the lowest load, the chosen one first, as the policy saw them.</param>
/// <param name="Attempt">1 for the first server tried.</param>
internal sealed record MeetingChoice(
    string ServerId, DateTimeOffset At, string Policy, string Rule, string? Tag, int Candidates, IReadOnlyList<ConsideredServer> Considered, int Attempt)
{
    public static MeetingChoice Of(string serverId, DateTimeOffset at, PlacementReason why) =>
        new(serverId, at, why.Policy, why.Rule, why.Tag, why.Candidates, why.Considered, why.Attempt);
}

/// <summary>A run of a meeting in a list.</summary>
internal sealed record MeetingRunRow(
    Guid Instance, string TenantId, string MeetingId, string? Name, string ServerId, string State, string? InternalMeetingId, DateTimeOffset PlacedAt,
    DateTimeOffset? EndedAt, string? How, int Moves)
{
    private const string Sql =
        """
        select instance, tenant_id, meeting_id, name, server_id, state, internal_meeting_id, placed_at, ended_at, how, moves
        from meeting_instance
        where tenant_id = $1 and meeting_id = $2 and placed_at <= $3 and (placed_at, instance) < ($3, $4)
        order by placed_at desc, instance desc limit $5
        """;

    /// <summary>The runs of a tenant's meetingID, the latest first.</summary>
    public static async Task<IReadOnlyList<MeetingRunRow>> ListAsync(
        NpgsqlDataSource database, string tenantId, string meetingId, Cursor? before, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(tenantId);
        command.Parameters.AddWithValue(meetingId);
        command.Parameters.AddWithValue(before?.At ?? new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        command.Parameters.AddWithValue(before?.Id ?? Guid.Empty);
        command.Parameters.AddWithValue(most);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var runs = new List<MeetingRunRow>();
        while (await row.ReadAsync(cancellation))
        {
            runs.Add(new MeetingRunRow(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), row.GetString(5),
                row.IsDBNull(6) ? null : row.GetString(6), row.GetFieldValue<DateTimeOffset>(7),
                row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8), row.IsDBNull(9) ? null : row.GetString(9), row.GetInt32(10)));
        }

        return runs;
    }
}
