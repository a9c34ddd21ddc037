namespace Scalelite.Bench.History;

/// <summary>When people meet and how many they are: lessons that begin with the bell, meetings between them, few of both at the weekend.</summary>
internal sealed class School(Random random)
{
    // The bells of a school day, in minutes; most of a day's meetings begin within minutes of one.
    private static readonly int[] Bells = [8 * 60, (8 * 60) + 50, (9 * 60) + 45, (10 * 60) + 40, (11 * 60) + 30, 13 * 60, 14 * 60, 15 * 60];

    /// <summary>The moments at which the meetings of a day are asked for, in order, to the 20 ms: what comes within them is placed together.</summary>
    /// <param name="meetings">Of a working day.</param>
    public List<DateTimeOffset> Arrivals(DateTimeOffset day, int meetings)
    {
        var count = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? meetings / 12 : meetings;
        var arrivals = new List<DateTimeOffset>(count);
        for (var i = 0; i < count; i++)
        {
            var minute = random.NextDouble() < 0.7 ? Bells[random.Next(Bells.Length)] - 3 + Exponential(2.5) : (7 * 60) + (random.NextDouble() * 15 * 60);
            arrivals.Add(day.AddMilliseconds(Math.Floor(minute * 60_000 / 20) * 20));
        }

        arrivals.Sort();
        return arrivals;
    }

    /// <summary>How long a meeting goes on.</summary>
    public TimeSpan Length() => random.NextDouble() < 0.7
        ? TimeSpan.FromMinutes(42 + (random.NextDouble() * 10))
        : TimeSpan.FromMinutes(Math.Clamp(Math.Exp(3.3 + (0.8 * Normal())), 1, 240));

    /// <summary>When people come, in order: most in the first minutes.</summary>
    public DateTimeOffset[] Joins(DateTimeOffset began, TimeSpan length)
    {
        var users = (int)Math.Clamp(Math.Exp(2.6 + (0.75 * Normal())), 1, 400);
        var joins = new DateTimeOffset[users];
        for (var i = 0; i < users; i++)
            joins[i] = began.AddSeconds(Math.Min(length.TotalSeconds * 0.8, i == 0 ? 1 : random.NextDouble() < 0.85 ? 2 + (60 * Exponential(2)) : random.NextDouble() * length.TotalSeconds));
        Array.Sort(joins);
        return joins;
    }

    private double Exponential(double mean) => -mean * Math.Log(1 - random.NextDouble());

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
