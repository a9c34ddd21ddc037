using System.Globalization;
using Scalelite.Domain.Placement;

namespace Scalelite.Domain.WhatIf.Scenarios;

/// <summary>One day of a scenario while it is made up.</summary>
internal sealed class ScenarioDay(DateTimeOffset begin, int servers, double scale, ulong seed)
{
    private const int Points = 60;

    // From the click to the node's answer.
    private static readonly TimeSpan CreateTakes = TimeSpan.FromMilliseconds(250);

    private readonly List<Happening> happenings = [];
    private readonly ulong seed = seed;

    /// <summary>Midnight.</summary>
    public DateTimeOffset Begin => begin;

    public int Servers => servers;

    public SplitMix Chance { get; } = new(seed);

    /// <summary>The name of a node.</summary>
    public static string Node(int index) => string.Create(CultureInfo.InvariantCulture, $"node-{index + 1:00}");

    /// <summary>So many for each server, by the scale.</summary>
    public int Many(double perServer) => Math.Max(1, (int)Math.Round(servers * perServer * scale));

    /// <summary>A meeting.</summary>
    /// <param name="created">After midnight.</param>
    /// <param name="bell">When its people come, on the whole; they come within <paramref name="comeWithin"/> from there.</param>
    /// <param name="ends">After midnight.</param>
    /// <param name="closed">The one who created it ends it for all; else it ends when the last one has left.</param>
    public void Meet(TimeSpan created, TimeSpan bell, TimeSpan comeWithin, TimeSpan ends, int size, bool closed)
    {
        var (at, starts, end) = (begin + created, begin + created + CreateTakes, begin + ends);
        var length = (end - starts).TotalSeconds;
        var points = new int[Points];
        for (var i = 0; i < points.Length; i++)
        {
            var since = (length * (i + 0.5) / points.Length) - (bell - created).TotalSeconds;
            // One is there before the others; two in three come within the time, the others later and later.
            var there = since <= 0 ? 0 : 1 - Math.Exp(-since / comeWithin.TotalSeconds);
            points[i] = Math.Max(1, (int)Math.Round(size * there));
        }

        if (!closed)
            points[^1] = Math.Max(1, points[^1] / 3);
        var number = (ulong)happenings.Count;
        happenings.Add(new MeetingArrived(
            at, new Guid((int)(begin.Ticks / TimeSpan.TicksPerDay), 0, 0, BitConverter.GetBytes(number)), "",
            string.Create(CultureInfo.InvariantCulture, $"room-{begin:yyyyMMdd}-{number}"), TagRequest.Untagged,
            new MeetingSize(starts, end, closed ? end : null, points)));
    }

    /// <summary>A node breaks down.</summary>
    public void Crash(string serverId, TimeSpan at, TimeSpan returns) => happenings.Add(new NodeCrashed(begin + at, serverId, begin + returns));

    /// <summary>A moment about another one: most within seconds after it, some before.</summary>
    public TimeSpan About(TimeSpan moment, double early, double earlySeconds, double lateSeconds) =>
        Chance.Unit() < early
            ? moment - TimeSpan.FromSeconds(Exponential(earlySeconds))
            : moment + TimeSpan.FromSeconds(Exponential(lateSeconds));

    /// <summary>A size, log-normally distributed.</summary>
    public int Size(double median, double sigma, int most) => Math.Clamp((int)Math.Round(Chance.LogNormal(median, sigma)), 2, most);

    /// <summary>What happens, in order; what happens in one moment, in the order in which it was told.</summary>
    public IEnumerable<Happening> InOrder() => happenings.OrderBy(happening => happening.At);

    private double Exponential(double mean) => Math.Min(-mean * Math.Log(1 - Chance.Unit()), 6 * mean);
}
