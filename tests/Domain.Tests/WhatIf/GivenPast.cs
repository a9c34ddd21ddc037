using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.Domain.WhatIf;

namespace Scalelite.Domain.Tests.WhatIf;

/// <summary>Sides and happenings with what does not matter filled in.</summary>
internal static class GivenPast
{
    /// <summary>A Monday morning.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static Side Side(string policy = "least-load", double pollSeconds = 60, int minimumUsers = 15) => new(
        policy, PlacementPolicies.ByName(policy), TimeSpan.FromSeconds(pollSeconds), minimumUsers, TimeSpan.FromMinutes(15), false, TimeSpan.FromSeconds(60));

    public static IEnumerable<Happening> Server(string id, string? tag = null, decimal multiplier = 1, double minute = -60)
    {
        var at = Start.AddMinutes(minute);
        yield return new ServerHappened(at, new ServerRegistered(id, $"https://{id}.example/bigbluebutton/api", "", multiplier, tag, at));
        yield return new ServerHappened(at, new ServerEnabled(id, at));
        yield return new ServerHappened(at, new ServerCameOnline(id, at));
    }

    /// <summary>A meeting of so many, who are there at once and until the end.</summary>
    public static MeetingArrived Meeting(
        int number, double second, int users, double minutes = 45, string? tag = null, PlacedBefore? was = null, string tenant = "", string? meetingId = null, bool closed = false)
    {
        var at = Start.AddSeconds(second);
        var end = at.AddMinutes(minutes);
        return new MeetingArrived(
            at, new Guid(number, 0, 0, new byte[8]), tenant, meetingId ?? $"room-{number}", TagRequest.Parse(tag),
            new MeetingSize(at.AddMilliseconds(200), end, closed ? end : null, [.. Enumerable.Repeat(users, 60)]), was);
    }

    public static ImbalanceMeter Meter() => new(new ImbalanceOptions(new ImbalanceRange(Start, Start.AddHours(3), TimeSpan.FromMinutes(1))));

    public static SimulatedPool Pool(Side side, params IEnumerable<Happening> happenings)
    {
        var pool = new SimulatedPool(side, Meter(), 1, Start.AddHours(-1).ToUnixTimeMilliseconds());
        foreach (var happening in happenings) pool.Happen(happening);
        return pool;
    }

    public static SideOutcome[] Compare(Side[] sides, IEnumerable<Happening> happenings, double hours = 3, ulong seed = 1)
    {
        var comparison = new Comparison(sides, new ImbalanceRange(Start, Start.AddHours(hours), TimeSpan.FromMinutes(1)), Start.AddHours(-1), seed);
        foreach (var happening in happenings) comparison.Add(happening);
        return [.. comparison.Report()];
    }

    public static long Milliseconds(double second) => Start.AddSeconds(second).ToUnixTimeMilliseconds();
}
