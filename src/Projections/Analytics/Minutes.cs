namespace Scalelite.Projections.Analytics;

/// <summary>To which minute a moment belongs.</summary>
public static class Minutes
{
    /// <summary>The beginning of the minute (UTC) that the moment lies in.</summary>
    public static DateTimeOffset Of(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}
