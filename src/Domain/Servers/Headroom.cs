namespace Scalelite.Domain.Servers;

/// <summary>A server that has a capacity.</summary>
/// <param name="Users">On it now.</param>
public readonly record struct MeantFor(int Capacity, int Users);

/// <summary>How many more users the pool is meant for. Shown to people; nothing is ever refused by it.</summary>
/// <param name="Capacity">Of the servers that take meetings and have one.</param>
/// <param name="Users">On these.</param>
/// <param name="WithoutLargest">Room left for everybody if the server with the largest capacity went away with its users moving to the others; below 0 where they would not fit.</param>
public sealed record Headroom(int Capacity, int Users, int WithoutLargest)
{
    /// <summary>Room left now; below 0 where there are more users than the servers are meant for.</summary>
    public int Left => Capacity - Users;

    /// <summary>Of these servers; null where none has a capacity.</summary>
    public static Headroom? Of(IReadOnlyCollection<MeantFor> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        if (servers.Count == 0) return null;
        var (capacity, users) = (servers.Sum(server => server.Capacity), servers.Sum(server => server.Users));
        return new Headroom(capacity, users, capacity - servers.Max(server => server.Capacity) - users);
    }
}
