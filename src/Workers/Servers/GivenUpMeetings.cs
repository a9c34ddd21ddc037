using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;

namespace Scalelite.Workers.Servers;

/// <summary>The meetings that go with a server when it is panicked or removed.</summary>
internal sealed class GivenUpMeetings
{
    // Locked, so that a poll or an `end` that ends one of them at the same moment waits, and then finds that it is over.
    private const string LocationsSql =
        """
        select m.instance, m.meeting_id, p.peak, p.user_polls, p.polls, p.curve
        from meeting_location m
        left join polled_meeting p on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id
        where m.server_id = $1
        order by m.instance
        for update of m
        """;

    private const string CopiesSql = "select instance from meeting_copy where server_id = $1 order by instance for update";

    private readonly List<Located> _meetings = [];
    private readonly List<Guid> _copies = [];

    private GivenUpMeetings()
    {
    }

    /// <summary>Live meetings and those that are being placed.</summary>
    public int Count => _meetings.Count;

    /// <summary>Reads what is on a server, in a transaction that holds the placement lock: nothing new comes meanwhile.</summary>
    public static async Task<GivenUpMeetings> ReadAsync(string serverId, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var read = new GivenUpMeetings();
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new(LocationsSql) { Parameters = { new() { Value = serverId } } },
                new(CopiesSql) { Parameters = { new() { Value = serverId } } },
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            var curve = rows.IsDBNull(2)
                ? MeetingCurve.None
                : new MeetingCurve(
                    rows.GetInt32(2), (double)rows.GetInt64(3) / rows.GetInt32(4), MeetingCurve.Reduce(rows.GetFieldValue<int[]>(5)));
            read._meetings.Add(new Located(rows.GetGuid(0), rows.GetString(1), curve));
        }

        await rows.NextResultAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) read._copies.Add(rows.GetGuid(0));
        return read;
    }

    /// <summary>Ends the meetings in the session's transaction.</summary>
    public void End(IDocumentSession session, string serverId, EndLearned how, DateTimeOffset at)
    {
        foreach (var (instance, _, curve) in _meetings)
        {
            session.Events.Append(
                Streams.Meeting(instance), new MeetingEnded(instance, serverId, how, at, curve.Peak, curve.Mean, curve.Points, at));
        }
    }

    /// <summary>Lets the copies go that our own events left there: nobody looks at this server any more.</summary>
    public void ForgetCopies(IDocumentSession session, string serverId, DateTimeOffset at)
    {
        foreach (var instance in _copies)
            session.Events.Append(Streams.Meeting(instance), new MeetingCopyGone(instance, serverId, "its server was removed", at));
    }

    /// <summary>What asks the node to end them.</summary>
    public IEnumerable<EndGivenUpMeeting> EndCalls(string serverId, string url) =>
        _meetings.Select(meeting => new EndGivenUpMeeting(meeting.Instance, serverId, url, meeting.MeetingId));

    private sealed record Located(Guid Instance, string MeetingId, MeetingCurve Curve);
}
