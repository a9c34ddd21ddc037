using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Keeping;

namespace Scalelite.Projections.Analytics;

/// <summary>
/// Fills <c>join_minute</c>. Joins add to the minute in which they were written (<c>To</c>); the roll-up of a stream sets the rows of that
/// stream's process to what its events made them, so that they are the same whether those are still in the log or not.
/// </summary>
public sealed class JoinMinuteProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case JoinsRouted { Joins.Count: > 0 } e:
                    // An event names a meeting's server once; if it ever named it twice, one statement could not add to one row twice.
                    operations.QueueSqlCommand(
                        """
                        insert into join_minute as m (instance, minute, server_id, process, joins)
                        select n.instance, ?, n.server_id, ?, sum(n.joins)::int
                        from unnest(?::uuid[], ?::text[], ?::int[]) as n (instance, server_id, joins)
                        group by n.instance, n.server_id
                        on conflict (instance, minute, server_id, process) do update set joins = m.joins + excluded.joins
                        """,
                        Minutes.Of(e.To), Streams.JoiningProcess(@event.StreamKey!), e.Joins.Select(j => j.Instance).ToArray(),
                        e.Joins.Select(j => j.ServerId).ToArray(), e.Joins.Select(j => j.Count).ToArray());
                    break;
                case JoinsRolledUp { Minutes.Count: > 0 } e:
                    operations.QueueSqlCommand(
                        """
                        insert into join_minute as m (instance, minute, server_id, process, joins)
                        select n.instance, n.minute, n.server_id, ?, n.joins
                        from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::int[]) as n (instance, minute, server_id, joins)
                        on conflict (instance, minute, server_id, process) do update set joins = excluded.joins where m.joins <> excluded.joins
                        """,
                        Streams.JoiningProcess(e.Stream), e.Minutes.Select(m => m.Instance).ToArray(),
                        e.Minutes.Select(m => m.Minute.ToUniversalTime()).ToArray(), e.Minutes.Select(m => m.ServerId).ToArray(),
                        e.Minutes.Select(m => m.Joins).ToArray());
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
