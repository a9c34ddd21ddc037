using Scalelite.Domain;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers;

/// <summary>Load, decide, append: what every handler of one stream does.</summary>
internal static class StreamDecision
{
    /// <summary>
    /// Folds the stream, decides, and appends at the version that was decided on; another writer's append in between refuses the save,
    /// and the bus handles the message anew. Nothing happens where there is no such stream.
    /// </summary>
    /// <param name="by">Whose version of the stream it must be; null where that is all the same.</param>
    /// <exception cref="StaleVersionException">It is another.</exception>
    public static async Task<Decision> DecideAsync<T>(
        this IDocumentSession session, string stream, Func<T, Decision> decide, CancellationToken cancellation, ChangedBy? by = null)
        where T : class
    {
        if (await session.Events.FetchStreamStateAsync(stream, cancellation) is not { } state) return Decision.Nothing;
        by?.Expect(state.Version);
        if (await session.Events.AggregateStreamAsync<T>(stream, state.Version, token: cancellation) is not { } aggregate) return Decision.Nothing;
        var decision = decide(aggregate);
        if (decision.Events.Count > 0) session.Events.Append(stream, state.Version + decision.Events.Count, [.. decision.Events]);
        return decision;
    }
}
