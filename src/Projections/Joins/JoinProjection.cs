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
                    Begin(operations, e.Instance, e.ServerId);
                    break;
                case MeetingAdopted e:
                    Begin(operations, e.Instance, e.ServerId);
                    break;
                case PlacementFailed e:
                    operations.QueueSqlCommand("delete from meeting_joins where instance = ?", e.Instance);
                    break;
                case MeetingEnded e:
                    operations.QueueSqlCommand("delete from meeting_joins where instance = ?", e.Instance);
                    break;
                case MeetingMoved e:
                    operations.QueueSqlCommand(
                        "update meeting_joins set servers = array_append(servers, ?) where instance = ? and ? <> all(servers)",
                        e.ToServerId, e.Instance, e.ToServerId);
                    break;
                case JoinsRouted e:
                    Routed(operations, e);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    // The rows are locked in one order, so that two processes that write their joins at once wait for each other and no more.
    private static void Routed(IDocumentOperations operations, JoinsRouted e)
    {
        var instances = e.Joins.Select(j => j.Instance).ToArray();
        operations.QueueSqlCommand(
            """
            with held as (
                select instance, servers from meeting_joins where instance = any(?::uuid[]) order by instance for update
            ), counted as (
                select held.instance, sum(n.joins) as joins
                from held
                join unnest(?::uuid[], ?::text[], ?::int[]) as n (instance, server_id, joins)
                    on n.instance = held.instance and n.server_id = any(held.servers)
                group by held.instance
            )
            update meeting_joins j set joins = j.joins + counted.joins from counted where j.instance = counted.instance
            """,
            instances, instances, e.Joins.Select(j => j.ServerId).ToArray(), e.Joins.Select(j => j.Count).ToArray());
    }

    private static void Begin(IDocumentOperations operations, Guid instance, string serverId) => operations.QueueSqlCommand(
        "insert into meeting_joins (instance, servers) values (?, array[?]) on conflict do nothing", instance, serverId);
}
