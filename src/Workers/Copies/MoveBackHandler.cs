using Scalelite.Domain;
using Scalelite.Domain.Meetings;

namespace Scalelite.Workers.Copies;

/// <summary>
/// Returns a meeting to the copy that people are in. Asked again under the placement lock: people may have come into the
/// new copy meanwhile, or the id may have been placed anew.
/// </summary>
public static class MoveBackHandler
{
    /// <summary>The meeting is live where it was left from, nobody was seen in or sent to it, and no other meeting has the id there.</summary>
    private const string MayMoveSql =
        """
        select exists (
            select from meeting_location m
            join meeting_copy c on c.instance = m.instance and c.server_id = $3
            join server s on s.id = c.server_id
            join server_load l on l.server_id = m.server_id
            join polled_meeting p
                on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id and p.round = l.answered_round
            left join meeting_joins j on j.instance = m.instance
            where m.instance = $1 and m.server_id = $2 and m.state = 'live'
              and p.users = 0 and coalesce(j.joins, 0) <= p.joins_before
              and not exists (select from meeting_location o where o.server_id = $3 and o.meeting_id = m.meeting_id))
        """;

    /// <summary>Moves the meeting back, or does nothing.</summary>
    public static Task Handle(MoveBack back, PlacementChange placement, TimeProvider time, CancellationToken cancellation) => placement.MakeAsync(
        new(MayMoveSql) { Parameters = { new() { Value = back.Instance }, new() { Value = back.FromServerId }, new() { Value = back.ToServerId } } },
        session => session.DecideAsync<Meeting>(
            Streams.Meeting(back.Instance),
            meeting => meeting.MoveBack(back.ToServerId, back.InternalMeetingId, back.CreateTime, time.GetUtcNow()),
            cancellation),
        cancellation);
}
