namespace Scalelite.Domain.Polling;

/// <summary>When servers are polled: each at its own phase of the interval, so that they spread over it and never drift.</summary>
public static class PollSchedule
{
    /// <summary>The server's next turn after <paramref name="now"/>, and at least half an interval after the last poll began.</summary>
    public static DateTimeOffset Next(string serverId, TimeSpan interval, DateTimeOffset beganAt, DateTimeOffset now)
    {
        var ticks = Math.Max(1, interval.Ticks);
        var earliest = Math.Max(now.UtcTicks + 1, beganAt.UtcTicks + (ticks / 2));
        var turn = earliest - (earliest % ticks) + Phase(serverId, ticks);
        return new DateTimeOffset(turn < earliest ? turn + ticks : turn, TimeSpan.Zero);
    }

    /// <summary>How long after each multiple of the interval, counted in UTC, the server's turn is.</summary>
    public static TimeSpan Phase(string serverId, TimeSpan interval) => TimeSpan.FromTicks(Phase(serverId, Math.Max(1, interval.Ticks)));

    private static long Phase(string serverId, long ticks) => (long)(Hash(serverId) % (ulong)ticks);

    // FNV-1a with a final mix: string.GetHashCode differs from process to process.
    private static ulong Hash(string id)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in id)
            hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53UL;
        return hash ^ (hash >> 33);
    }
}
