namespace Scalelite.Domain.Placement;

/// <summary>Scalelite's arithmetic, to compare with: moderators count twice, a placement counts 1; of equals the lowest id.</summary>
internal sealed class ScalelitePolicy : IPlacementPolicy
{
    public string Name => "scalelite";

    public Candidate Weigh(ServerLoad server) =>
        new(server, (server.ScaleliteSeen + server.ScaleliteSince) * server.Multiplier, server.ScaleliteSince);

    public int Pick(ReadOnlySpan<Candidate> candidates, PlacementTurn turn)
    {
        var least = 0;
        for (var i = 1; i < candidates.Length; i++)
            if (candidates[i].CompareLoad(candidates[least]) < 0)
                least = i;
        return least;
    }

    public string Rule(int candidates) => $"lowest load of {candidates} as Scalelite counts";
}
