using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Polling;

/// <summary>
/// Fills <c>server_load</c>, <c>polled_meeting</c> and <c>poll_round</c>. The polls of one server follow one another, because
/// the key of <c>poll_round</c> refuses a second result of a round; a removed server has no row for a late result to change, and a
/// poll that began before its server was registered (again) is not one of this server's.
/// </summary>
public sealed class PollProjection : IProjection
{
    /// <summary>How long a meeting's size is kept after the last answer that named it.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case ServerRegistered e:
                    operations.QueueSqlCommand(
                        "insert into server_load (server_id, registered_at, next_poll_at) values (?, ?, ?)",
                        e.ServerId, e.At.ToUniversalTime(), e.At.ToUniversalTime());
                    break;
                case ServerRemoved e:
                    operations.QueueSqlCommand("delete from server_load where server_id = ?", e.ServerId);
                    operations.QueueSqlCommand("delete from poll_round where server_id = ?", e.ServerId);
                    operations.QueueSqlCommand("delete from polled_meeting where server_id = ?", e.ServerId);
                    break;
                case ServerPolled e:
                    AcceptRound(operations, e.ServerId, e.Round, e.BeganAt.ToUniversalTime());
                    Answered(operations, e);
                    break;
                case ServerPollFailed e:
                    AcceptRound(operations, e.ServerId, e.Round, e.BeganAt.ToUniversalTime());
                    operations.QueueSqlCommand(
                        """
                        update server_load
                        set round = ?, next_poll_at = ?, polled_at = ?, successes = 0, failures = ?, error = ?
                        where server_id = ? and registered_at <= ?
                        """,
                        e.Round, e.NextPollAt.ToUniversalTime(), e.BeganAt.ToUniversalTime(), e.Failures, e.Reason,
                        e.ServerId, e.BeganAt.ToUniversalTime());
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void AcceptRound(IDocumentOperations operations, string serverId, long round, DateTimeOffset began)
    {
        // The lock waits for a removal that is under way: it would leave a round behind, which the server could not have when it comes back.
        operations.QueueSqlCommand(
            """
            insert into poll_round (server_id, round)
            select server_id, ? from server_load where server_id = ? and registered_at <= ? for key share
            """,
            round, serverId, began);
        operations.QueueSqlCommand(
            "delete from poll_round p using server_load l where p.server_id = ? and p.round < ? and l.server_id = p.server_id and l.registered_at <= ?",
            serverId, round - 5, began);
    }

    private static void Answered(IDocumentOperations operations, ServerPolled e)
    {
        var began = e.BeganAt.ToUniversalTime();
        var meetings = e.Meetings;
        operations.QueueSqlCommand(
            """
            delete from polled_meeting p using server_load l
            where p.server_id = ? and l.server_id = p.server_id and l.registered_at <= ? and p.round < l.answered_round and p.last_seen_at < ?
            """,
            e.ServerId, began, began - Kept);
        operations.QueueSqlCommand(
            """
            update server_load
            set round = ?, next_poll_at = ?, polled_at = ?, answered_round = ?, answered_at = ?, successes = ?, failures = 0, error = null,
                meetings = ?, users = ?, largest_meeting = ?, videos = ?, missing = ?
            where server_id = ? and registered_at <= ?
            """,
            e.Round, e.NextPollAt.ToUniversalTime(), began, e.Round, began, e.Successes,
            meetings.Count, meetings.Sum(m => m.Users), meetings.Count == 0 ? 0 : meetings.Max(m => m.Users), meetings.Sum(m => m.Videos),
            e.Missing.ToArray(), e.ServerId, began);
        if (meetings.Count == 0)
        {
            return;
        }

        operations.QueueSqlCommand(
            """
            insert into polled_meeting as m (
                server_id, round, first_seen_at, last_seen_at,
                internal_meeting_id, meeting_id, instance, create_time, users, moderators, voice, videos,
                recording, is_breakout, parent_meeting_id, joins_before, user_polls, peak, curve)
            select l.server_id, ?, ?, ?,
                p.internal_meeting_id, p.meeting_id, p.instance, p.create_time, p.users, p.moderators, p.voice, p.videos,
                p.recording, p.is_breakout, p.parent_meeting_id, p.joins_before, p.users, p.users, array[p.users]
            from server_load l, unnest(?::text[], ?::text[], ?::uuid[], ?::bigint[], ?::int[], ?::int[], ?::int[], ?::int[],
                ?::boolean[], ?::boolean[], ?::text[], ?::bigint[])
                as p (internal_meeting_id, meeting_id, instance, create_time, users, moderators, voice, videos,
                    recording, is_breakout, parent_meeting_id, joins_before)
            where l.server_id = ? and l.registered_at <= ?
            on conflict (server_id, internal_meeting_id) do update set
                round = excluded.round, last_seen_at = excluded.last_seen_at, instance = excluded.instance,
                users = excluded.users, moderators = excluded.moderators, voice = excluded.voice, videos = excluded.videos,
                recording = excluded.recording, joins_before = excluded.joins_before,
                polls = m.polls + 1, user_polls = m.user_polls + excluded.users, peak = greatest(m.peak, excluded.users),
                curve = case
                    when m.polls % m.curve_step <> 0 then m.curve
                    when cardinality(m.curve) < 120 then m.curve || excluded.users
                    else array(select v from unnest(m.curve) with ordinality as c (v, n) where n % 2 = 1 order by n) || excluded.users
                end,
                curve_step = case
                    when m.polls % m.curve_step = 0 and cardinality(m.curve) >= 120 then m.curve_step * 2
                    else m.curve_step
                end
            """,
            e.Round, began, began,
            Column(meetings, m => m.InternalMeetingId), Column(meetings, m => m.MeetingId), Column(meetings, m => m.Instance),
            Column(meetings, m => m.CreateTime), Column(meetings, m => m.Users), Column(meetings, m => m.Moderators),
            Column(meetings, m => m.Voice), Column(meetings, m => m.Videos), Column(meetings, m => m.Recording),
            Column(meetings, m => m.IsBreakout), Column(meetings, m => m.ParentMeetingId), Column(meetings, m => m.JoinsBefore),
            e.ServerId, began);
    }

    private static T[] Column<T>(IReadOnlyList<PolledMeeting> meetings, Func<PolledMeeting, T> of)
    {
        var column = new T[meetings.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = of(meetings[i]);
        }

        return column;
    }
}
