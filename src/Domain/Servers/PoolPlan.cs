namespace Scalelite.Domain.Servers;

/// <summary>A server as a pool file wants it.</summary>
/// <param name="Url">As <see cref="ServerAddress.Normalize"/> gives it.</param>
/// <param name="SecretFingerprint">Of the secret in the file.</param>
/// <param name="Tag">Null: untagged.</param>
public sealed record WantedServer(string Id, string Url, string SecretFingerprint, bool Enabled, decimal LoadMultiplier, string? Tag);

/// <summary>A server as it is in the pool.</summary>
/// <param name="Meetings">Live ones on it.</param>
public sealed record PresentServer(
    string Id, string Url, string SecretFingerprint, AdministrativeState State, decimal LoadMultiplier, string? Tag, int Meetings);

/// <summary>What happens to servers that a pool file does not name.</summary>
public enum LeftOut
{
    /// <summary>They stay.</summary>
    Keep,

    /// <summary>Empty ones are removed, the others cordoned.</summary>
    Cordon,

    /// <summary>They are removed; their meetings end.</summary>
    Force,
}

/// <summary>One thing to do to bring the pool to what a file says.</summary>
public abstract record PoolStep(string ServerId)
{
    /// <summary>Adds it, disabled.</summary>
    public sealed record Add(WantedServer Server) : PoolStep(Server.Id);

    /// <summary>Changes what is not null; <paramref name="NewSecret"/> stands for the file's, an empty tag for none.</summary>
    public sealed record Change(string ServerId, string? Url, bool NewSecret, decimal? LoadMultiplier, string? Tag) : PoolStep(ServerId);

    /// <summary>Lets it take meetings.</summary>
    public sealed record Enable(string ServerId) : PoolStep(ServerId);

    /// <summary>Drains it: the file says that it is not enabled, or, with <paramref name="ForRemoval"/>, does not name it.</summary>
    public sealed record Cordon(string ServerId, bool ForRemoval) : PoolStep(ServerId);

    /// <summary>Removes it; its meetings end.</summary>
    public sealed record Remove(string ServerId, int Meetings) : PoolStep(ServerId);
}

/// <summary>What is to be done so that the pool is what a file says; nothing, once it is.</summary>
public static class PoolPlan
{
    /// <summary>The steps, in order: the file's servers as it names them, then those that it leaves out.</summary>
    public static IReadOnlyList<PoolStep> Of(IReadOnlyList<WantedServer> wanted, IReadOnlyList<PresentServer> present, LeftOut leftOut)
    {
        var byId = present.ToDictionary(server => server.Id, StringComparer.Ordinal);
        var steps = new List<PoolStep>();
        foreach (var server in wanted)
        {
            if (byId.TryGetValue(server.Id, out var now))
                steps.AddRange(Bring(now, server));
            else
                steps.AddRange(Add(server));
        }

        var named = wanted.Select(server => server.Id).ToHashSet(StringComparer.Ordinal);
        if (leftOut != LeftOut.Keep)
            foreach (var server in present.Where(server => !named.Contains(server.Id)))
                steps.AddRange(TakeOut(server, leftOut));
        return steps;
    }

    private static IEnumerable<PoolStep> Add(WantedServer server)
    {
        yield return new PoolStep.Add(server);
        if (server.Enabled)
            yield return new PoolStep.Enable(server.Id);
    }

    private static IEnumerable<PoolStep> Bring(PresentServer now, WantedServer server)
    {
        var change = new PoolStep.Change(
            server.Id,
            now.Url == server.Url ? null : server.Url,
            now.SecretFingerprint != server.SecretFingerprint,
            now.LoadMultiplier == server.LoadMultiplier ? null : server.LoadMultiplier,
            now.Tag == server.Tag ? null : server.Tag ?? "");
        if (change != new PoolStep.Change(server.Id, null, false, null, null))
            yield return change;
        if (server.Enabled && now.State != AdministrativeState.Enabled)
            yield return new PoolStep.Enable(server.Id);
        // One that is disabled already is not brought back to drain.
        if (!server.Enabled && now.State == AdministrativeState.Enabled)
            yield return new PoolStep.Cordon(server.Id, ForRemoval: false);
    }

    private static IEnumerable<PoolStep> TakeOut(PresentServer server, LeftOut leftOut)
    {
        if (server.Meetings == 0 || leftOut == LeftOut.Force)
            yield return new PoolStep.Remove(server.Id, server.Meetings);
        else if (server.State == AdministrativeState.Enabled)
            yield return new PoolStep.Cordon(server.Id, ForRemoval: true);
    }
}
