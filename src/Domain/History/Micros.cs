namespace Scalelite.Domain.History;

/// <summary>Times as PostgreSQL keeps them: in UTC, cut to microseconds. So a comparison comes out as it does on the tables.</summary>
internal static class Micros
{
    public static DateTimeOffset Of(DateTimeOffset time)
    {
        var utc = time.UtcTicks;
        return new DateTimeOffset(utc - (utc % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
