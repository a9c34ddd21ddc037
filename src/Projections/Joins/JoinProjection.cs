using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;

namespace Scalelite.Projections.Joins;

/// <summary>Fills <c>meeting_joins</c>: a row lives as long as its meeting, and joins only ever add to it.</summary>
public sealed class JoinProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case MeetingPlaced e:
                    Begin(operations, e.Instance);
                    break;
                case MeetingAdopted e:
                    Begin(operations, e.Instance);
                    break;
                case PlacementFailed e:
                    operations.QueueSqlCommand("delete from meeting_joins where instance = ?", e.Instance);
                    break;
                case MeetingEnded e:
                    operations.QueueSqlCommand("delete from meeting_joins where instance = ?", e.Instance);
                    break;
                case JoinsRouted e:
                    operations.QueueSqlCommand(
                        """
                        update meeting_joins j set joins = j.joins + n.joins
                        from unnest(?::uuid[], ?::int[]) as n (instance, joins)
                        where j.instance = n.instance
                        """,
                        e.Joins.Select(j => j.Instance).ToArray(), e.Joins.Select(j => j.Count).ToArray());
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void Begin(IDocumentOperations operations, Guid instance) =>
        operations.QueueSqlCommand("insert into meeting_joins (instance) values (?) on conflict do nothing", instance);
}
