namespace Scalelite.Domain.Joins;

/// <summary>The joins that one process routed between two flushes, one entry a meeting.</summary>
public sealed record JoinsRouted(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<RoutedJoins> Joins);

/// <summary>Joins of one meeting that were sent to one server.</summary>
public sealed record RoutedJoins(Guid Instance, string ServerId, int Count);
