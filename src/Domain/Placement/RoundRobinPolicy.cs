namespace Scalelite.Domain.Placement;

/// <summary>One after the other in the order of their ids, whatever their load.</summary>
internal sealed class RoundRobinPolicy : IPlacementPolicy
{
    public string Name => "round-robin";

    public Candidate Weigh(ServerLoad server) => LeastLoadPolicy.InUsers(server);

    public int Pick(ReadOnlySpan<Candidate> candidates, PlacementTurn turn) => (int)((ulong)turn.Number % (ulong)candidates.Length);

    public string Rule(int candidates) => $"next of {candidates} in turn";
}
