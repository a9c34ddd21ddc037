using Scalelite.Domain.Imbalance;

namespace Scalelite.Domain.WhatIf;

/// <summary>
/// Places the same meetings in several ways at once, each in a simulated pool of its own. It is fed in order of time and keeps what is
/// live, not what has been: memory does not grow with the length of the history. The same input and seed give the same result.
/// </summary>
public sealed class Comparison
{
    private const int Together = 4096;

    private readonly List<Happening> waiting = new(Together);
    private readonly Course[] courses;

    /// <summary>Begins.</summary>
    /// <param name="range">What is measured. What is fed from before it fills the pools.</param>
    /// <param name="begin">When the first thing may happen.</param>
    /// <param name="seed">Where chance is involved.</param>
    /// <param name="grid">Load of each server over time is kept too, for a picture.</param>
    public Comparison(IReadOnlyList<Side> sides, ImbalanceRange range, DateTimeOffset begin, ulong seed, bool grid = false) =>
        courses = [.. sides.Select(side => new Course(side, range, begin, seed, grid))];

    /// <summary>The next thing; not earlier than the one before.</summary>
    public void Add(Happening happening)
    {
        waiting.Add(happening);
        if (waiting.Count == Together)
            Go();
    }

    /// <summary>Both sides of everything. Nothing may be fed after.</summary>
    public IReadOnlyList<SideOutcome> Report()
    {
        Go();
        return [.. courses.Select(course => course.Report())];
    }

    // Each side sees the same and touches only its own: the result does not depend on who is first.
    private void Go()
    {
        Parallel.ForEach(courses, course =>
        {
            foreach (var happening in waiting)
                course.Go(happening);
        });
        waiting.Clear();
    }

    private sealed class Course
    {
        private readonly ImbalanceRange range;
        private readonly ImbalanceMeter meter;
        private readonly SimulatedPool pool;
        private readonly Side side;
        private DateTimeOffset nextSample;

        public Course(Side side, ImbalanceRange range, DateTimeOffset begin, ulong seed, bool grid)
        {
            (this.side, this.range, nextSample) = (side, range, range.From);
            meter = new ImbalanceMeter(new ImbalanceOptions(range, side.MinimumUsers, Grid: grid));
            pool = new SimulatedPool(side, meter, seed, begin.ToUnixTimeMilliseconds());
        }

        public void Go(Happening happening)
        {
            SampleUntil(happening.At);
            pool.Happen(happening);
        }

        public SideOutcome Report()
        {
            SampleUntil(range.To);
            return new SideOutcome(side, meter.Report(), pool.Placed, pool.Refused, pool.LeftOut, pool.Returned);
        }

        private void SampleUntil(DateTimeOffset at)
        {
            for (; nextSample <= at && nextSample < range.To; nextSample += range.SampleEvery)
                pool.Sample(nextSample);
        }
    }
}

/// <summary>What came of placing in one way.</summary>
/// <param name="Placed">Placements, from the first thing that was fed on; those of meetings that moved included.</param>
/// <param name="Refused">Meetings that no server was there for.</param>
/// <param name="LeftOut">Meetings that were found on a server which this side does not have.</param>
/// <param name="Returned">Nodes that had broken down and came back.</param>
public sealed record SideOutcome(
    Side Side, ImbalanceReport Report, int Placed, int Refused, int LeftOut, IReadOnlyList<ReturnedNode> Returned);

/// <summary>What was placed in the ten minutes after a node came back empty.</summary>
/// <param name="Onto">Onto this node.</param>
/// <param name="Placements">Onto all.</param>
public sealed record ReturnedNode(string ServerId, DateTimeOffset At, int Onto, int Placements);
