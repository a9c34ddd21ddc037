using Scalelite.Workers.Servers;

namespace Scalelite.Workers;

/// <summary>What a person's change says of the person.</summary>
internal static class Authorship
{
    /// <summary>Every event of the session bears who did it, from where and why.</summary>
    /// <param name="command">The events' causation.</param>
    public static void SignedBy(this IDocumentSession session, ChangedBy by, string command)
    {
        session.SetHeader("actor", by.Actor);
        if (by.Address is not null) session.SetHeader("address", by.Address);
        if (by.Reason is not null) session.SetHeader("reason", by.Reason);
        session.CorrelationId = by.CorrelationId;
        session.CausationId = command;
    }

    /// <summary>Goes on only where the version is the one that was seen, or none was named.</summary>
    /// <exception cref="StaleVersionException">It is another.</exception>
    public static void Expect(this ChangedBy by, long version)
    {
        if (by.SeenVersion is { } seen && seen != version) throw new StaleVersionException(seen, version);
    }
}
