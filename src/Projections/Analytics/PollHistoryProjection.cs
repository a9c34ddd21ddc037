using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Polling;

namespace Scalelite.Projections.Analytics;

/// <summary>Fills <c>poll_history</c>: a row for each poll, until its stream is pruned.</summary>
public sealed class PollHistoryProjection : IProjection
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
                        insert into poll_history (server_id, began_at, round, elapsed_ms, succeeded, meetings, users, videos) values (?, ?, ?, ?, true, ?, ?, ?)
                        on conflict do nothing
                        """,
                        e.ServerId, e.BeganAt.ToUniversalTime(), e.Round, e.ElapsedMs, e.Meetings.Count, e.Meetings.Sum(m => m.Users),
                        e.Meetings.Sum(m => m.Videos));
                    break;
                case ServerPollFailed e:
                    operations.QueueSqlCommand(
                        """
                        insert into poll_history (server_id, began_at, round, elapsed_ms, succeeded, reason) values (?, ?, ?, ?, false, ?)
                        on conflict do nothing
                        """,
                        e.ServerId, e.BeganAt.ToUniversalTime(), e.Round, e.ElapsedMs, e.Reason);
                    break;
                case StreamPruned e when Streams.PolledDay(e.Stream) is var (server, day):
                    operations.QueueSqlCommand(
                        "delete from poll_history where server_id = ? and began_at >= ? and began_at < ?", server, day, day.AddDays(1));
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
