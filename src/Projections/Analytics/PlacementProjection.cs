using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;

namespace Scalelite.Projections.Analytics;

/// <summary>Fills <c>placement</c>: a row belongs to its meeting's stream. Placements that are written together are one statement.</summary>
public sealed class PlacementProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var placed = new List<Placed>();
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case MeetingPlaced e:
                    placed.Add(new Placed(e.Instance, e.At, e.ServerId, Moved: false, e.Why, "placing"));
                    break;
                case MeetingMoved e:
                    // Where it moves back to, it runs already.
                    placed.Add(new Placed(e.Instance, e.At, e.ToServerId, Moved: true, e.Why, e.Back ? "started" : "placing"));
                    break;
                case MeetingStarted e:
                    Insert(operations, placed);
                    operations.QueueSqlCommand(
                        "update placement set outcome = 'started', elapsed_ms = ? where instance = ? and server_id = ? and outcome = 'placing'",
                        e.ElapsedMs, e.Instance, e.ServerId);
                    break;
                case PlacementFailed e:
                    Insert(operations, placed);
                    operations.QueueSqlCommand(
                        "update placement set outcome = ?, reason = ?, elapsed_ms = ? where instance = ? and server_id = ? and outcome = 'placing'",
                        OutcomeOf(e.Failure), e.Reason, e.ElapsedMs, e.Instance, e.ServerId);
                    break;
                case MeetingEnded e:
                    Insert(operations, placed);
                    operations.QueueSqlCommand("update placement set outcome = 'ended' where instance = ? and outcome = 'placing'", e.Instance);
                    break;
            }
        }

        Insert(operations, placed);
        return Task.CompletedTask;
    }

    private static string OutcomeOf(PlacementFailure failure) => failure switch
    {
        PlacementFailure.NotTaken => "not_taken",
        PlacementFailure.Uncertain => "uncertain",
        PlacementFailure.Refused => "refused",
        PlacementFailure.Abandoned => "abandoned",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    private static void Insert(IDocumentOperations operations, List<Placed> placed)
    {
        if (placed.Count == 0) return;
        operations.QueueSqlCommand(
            """
            insert into placement (
                instance, placed_at, server_id, attempt, moved, policy, rule, tag, candidates, load, reserved, poll_age_seconds, outcome)
            select * from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::int[], ?::boolean[], ?::text[], ?::text[], ?::text[], ?::int[],
                ?::numeric[], ?::bigint[], ?::double precision[], ?::text[])
            on conflict do nothing
            """,
            Column(p => p.Instance), Column(p => p.At.ToUniversalTime()), Column(p => p.ServerId), Column(p => p.Why?.Attempt ?? 1),
            Column(p => p.Moved), Column(p => p.Why?.Policy), Column(p => p.Why?.Rule), Column(p => p.Why?.Tag), Column(p => p.Why?.Candidates),
            Column(p => p.Chosen?.Load), Column(p => p.Chosen?.Reserved), Column(p => p.Chosen?.PollAgeSeconds), Column(p => p.Outcome));
        placed.Clear();

        T[] Column<T>(Func<Placed, T> of) => [.. placed.Select(of)];
    }

    /// <param name="Why">Null where a meeting moved back.</param>
    private sealed record Placed(Guid Instance, DateTimeOffset At, string ServerId, bool Moved, PlacementReason? Why, string Outcome)
    {
        public ConsideredServer? Chosen => Why?.Considered.FirstOrDefault(considered => considered.ServerId == ServerId);
    }
}
