using Scalelite.Domain.Keeping;
using Scalelite.Domain.Polling;

namespace Scalelite.Projections.Analytics;

/// <summary>
/// Fills <c>server_minute</c>. A poll adds to its minute, in any order; the roll-up of a past day sets the minutes to what their polls
/// made them, so that the rows are the same whether the polls are still in the log or not.
/// </summary>
public sealed class ServerMinuteProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case ServerPolled e:
                    operations.QueueSqlCommand(
                        """
                        insert into server_minute as m (server_id, minute, polls, failed, load, meetings, users, videos)
                        values (?, ?, 1, 0, ?::bigint, ?, ?, ?)
                        on conflict (server_id, minute) do update set
                            polls = m.polls + 1, load = greatest(m.load, excluded.load), meetings = greatest(m.meetings, excluded.meetings),
                            users = greatest(m.users, excluded.users), videos = greatest(m.videos, excluded.videos)
                        """,
                        e.ServerId, Minutes.Of(e.BeganAt), e.Load ?? (object)DBNull.Value, e.Meetings.Count, e.Meetings.Sum(m => m.Users),
                        e.Meetings.Sum(m => m.Videos));
                    break;
                case ServerPollFailed e:
                    operations.QueueSqlCommand(
                        """
                        insert into server_minute as m (server_id, minute, polls, failed, meetings, users, videos) values (?, ?, 1, 1, 0, 0, 0)
                        on conflict (server_id, minute) do update set polls = m.polls + 1, failed = m.failed + 1
                        """,
                        e.ServerId, Minutes.Of(e.BeganAt));
                    break;
                case ServerDayRolledUp e:
                    RolledUp(operations, e);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void RolledUp(IDocumentOperations operations, ServerDayRolledUp e)
    {
        var day = new DateTimeOffset(e.Day, TimeOnly.MinValue, TimeSpan.Zero);
        operations.QueueSqlCommand(
            """
            insert into server_minute as m (server_id, minute, polls, failed, load, meetings, users, videos)
            select ?, r.* from unnest(?::timestamptz[], ?::int[], ?::int[], ?::bigint[], ?::int[], ?::int[], ?::int[]) as r
            on conflict (server_id, minute) do update set
                polls = excluded.polls, failed = excluded.failed, load = excluded.load, meetings = excluded.meetings, users = excluded.users,
                videos = excluded.videos
            where (m.polls, m.failed, m.load, m.meetings, m.users, m.videos)
                is distinct from (excluded.polls, excluded.failed, excluded.load, excluded.meetings, excluded.users, excluded.videos)
            """,
            e.ServerId, Column(m => day.AddMinutes(m.Minute)), Column(m => m.Polls), Column(m => m.Failed), Column(m => m.Load),
            Column(m => m.Meetings), Column(m => m.Users), Column(m => m.Videos));

        T[] Column<T>(Func<ServerMinute, T> of) => [.. e.Minutes.Select(of)];
    }
}
