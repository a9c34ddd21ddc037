namespace Scalelite.Domain.Placement;

/// <summary>The placing of meetings on the servers that take new ones.</summary>
public static class Placing
{
    /// <summary>Chooses a server for one meeting.</summary>
    /// <param name="servers">Those that take meetings now, enabled and online, each once.</param>
    /// <param name="now">For the age of the polls in the reason.</param>
    public static PlacementOutcome Decide(
        PlacementSettings settings, IReadOnlyList<ServerLoad> servers, PlacementRequest request, PlacementTurn turn, DateTimeOffset now) =>
        new PlacementRound(settings, servers, turn, now).Place(request);

    /// <summary>Chooses servers for meetings in turn, each seeing the reservations before it; one outcome each, in their order.</summary>
    /// <param name="servers">Those that take meetings now, enabled and online, each once.</param>
    /// <param name="turn">Of the first; each placement is one turn.</param>
    /// <param name="now">For the age of the polls in the reason.</param>
    public static IReadOnlyList<PlacementOutcome> DecideAll(
        PlacementSettings settings,
        IReadOnlyList<ServerLoad> servers,
        IReadOnlyList<PlacementRequest> requests,
        PlacementTurn turn,
        DateTimeOffset now)
    {
        var round = new PlacementRound(settings, servers, turn, now);
        var outcomes = new PlacementOutcome[requests.Count];
        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] = round.Place(requests[i]);
        return outcomes;
    }
}
