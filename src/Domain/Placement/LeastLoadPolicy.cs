namespace Scalelite.Domain.Placement;

/// <summary>The lowest load in users, seen and reserved; of equals the one with the fewest meetings, then the lowest id.</summary>
internal sealed class LeastLoadPolicy : IPlacementPolicy
{
    public string Name => "least-load";

    public Candidate Weigh(ServerLoad server) => InUsers(server);

    public int Pick(ReadOnlySpan<Candidate> candidates, PlacementTurn turn)
    {
        // They come in the order of their ids: of equals the first is the one.
        var least = 0;
        for (var i = 1; i < candidates.Length; i++)
            if (candidates[i].CompareByMeetings(candidates[least]) < 0)
                least = i;
        return least;
    }

    public string Rule(int candidates) => $"lowest load of {candidates}";

    /// <summary>The weight that every policy but Scalelite's compares or shows.</summary>
    internal static Candidate InUsers(ServerLoad server) => new(server, (server.Seen + server.Unseen) * server.Multiplier, server.Unseen);
}
