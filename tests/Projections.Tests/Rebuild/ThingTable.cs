using Scalelite.EventLog;
using Scalelite.Projections.Rebuild;

namespace Scalelite.Projections.Tests.Rebuild;

public sealed record ThingAdded(string ThingId, string[] Words);

public sealed record ThingWeighed(string ThingId, decimal Weight);

public sealed record ThingCounted(int N);

/// <summary>Not among the model's event types.</summary>
public sealed record NeverHeardOf;

/// <summary>Fills two tables; a row of <c>thing</c> belongs to one stream, the one of <c>thing_total</c> changes by operations that commute.</summary>
public sealed class ThingTable : IProjection
{
    public static ReadModel Model { get; } = new(
        "thing",
        ["thing", "thing_total"],
        [
            new SqlScript("thing", "create table if not exists thing (id text primary key, words text[] not null, weight numeric null, about jsonb not null default '{}')"),
            new SqlScript("thing_total", "create table if not exists thing_total (\"Of\" text primary key, n bigint not null)"),
        ],
        new ThingTable());

    public static Type[] Events { get; } = [typeof(ThingAdded), typeof(ThingWeighed), typeof(ThingCounted)];

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case ThingAdded e:
                    operations.QueueSqlCommand("insert into thing (id, words) values (?, ?)", e.ThingId, e.Words);
                    break;
                case ThingWeighed e:
                    operations.QueueSqlCommand("update thing set weight = ? where id = ?", e.Weight, e.ThingId);
                    break;
                case ThingCounted e:
                    operations.QueueSqlCommand(
                        "insert into thing_total values ('all', ?) on conflict (\"Of\") do update set n = thing_total.n + excluded.n", (long)e.N);
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
