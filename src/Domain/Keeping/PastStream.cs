using System.Globalization;

namespace Scalelite.Domain.Keeping;

/// <summary>A stream of one day or hour, as its key says: one of those that are pruned when they are old enough.</summary>
/// <param name="Stream">Its key.</param>
/// <param name="EndsAt">Nothing that begins from then on is appended to it.</param>
public abstract record PastStream(string Stream, DateTimeOffset EndsAt)
{
    /// <summary>Reads a key; null for a stream of another kind.</summary>
    public static PastStream? Read(string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Streams.PolledDay(stream) is { } polled ? new Polls(stream, polled.ServerId, DateOnly.FromDateTime(polled.Day.UtcDateTime), polled.Day.AddDays(1))
            : Streams.JoiningProcess(stream) != Guid.Empty && HourOf(stream) is { } hour ? new Joins(stream, hour, hour.AddHours(1))
            : null;
    }

    private static DateTimeOffset? HourOf(string stream) =>
        DateTimeOffset.TryParseExact(
            stream.AsSpan(stream.LastIndexOf('-') + 1), "yyyyMMddHH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var hour) ? hour : null;

    /// <summary><c>polls-{server}-{yyyyMMdd}</c></summary>
    public sealed record Polls(string Stream, string ServerId, DateOnly Day, DateTimeOffset EndsAt) : PastStream(Stream, EndsAt);

    /// <summary><c>joins-{process}-{yyyyMMddHH}</c></summary>
    public sealed record Joins(string Stream, DateTimeOffset Hour, DateTimeOffset EndsAt) : PastStream(Stream, EndsAt);
}
