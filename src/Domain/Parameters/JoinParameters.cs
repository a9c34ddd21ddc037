namespace Scalelite.Domain.Parameters;

/// <summary>The parameters of a join, from what the client sent to what its node gets.</summary>
public static class JoinParameters
{
    /// <summary>What the node gets.</summary>
    /// <param name="client">All that the checksum covered, without the checksum.</param>
    /// <param name="settings">The operator's.</param>
    /// <param name="tenant">The tenant's; its exclusions are not used.</param>
    public static IReadOnlyList<Parameter> Build(IReadOnlyList<Parameter> client, ParameterSettings settings, ParameterSettings tenant)
    {
        var merge = new ParameterMerge(client);
        merge.Settle(settings, tenant);
        return merge.ToList();
    }
}
