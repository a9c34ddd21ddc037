using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Scalelite.Api.CommandLine.History;

namespace Scalelite.Api.AdminV1;

/// <summary>A part of a list.</summary>
/// <param name="Next">What <c>cursor</c> must be for the next part; null after the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Of rows that were read one more than asked for.</summary>
    public static Page<T> Of(IReadOnlyList<T> rows, int limit, Func<T, string> cursorOf) =>
        rows.Count > limit ? new Page<T>([.. rows.Take(limit)], cursorOf(rows[limit - 1])) : new Page<T>(rows, null);
}

/// <summary>A part of a list that can be asked for as it was.</summary>
/// <param name="Next">What <c>cursor</c> must be for the next part; null after the last.</param>
/// <param name="AsOf">The moment that this was so; not there: now.</param>
internal sealed record PastPage<T>(
    IReadOnlyList<T> Items, string? Next, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AsOf? AsOf = null)
{
    public static PastPage<T> Of(Page<T> page, AsOf? asOf = null) => new(page.Items, page.Next, asOf);
}

/// <summary>Where a list that is in order of time goes on: behind this row.</summary>
/// <param name="Id">Tells rows of one moment apart.</param>
internal sealed record Cursor(DateTimeOffset At, Guid Id)
{
    /// <summary>As callers see it; it means nothing to them.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}.{Id:N}")));

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is nothing of the kind.</summary>
    public static Cursor? Read(string text)
    {
        if (text.Length > 128 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParseExact(parts[1], "N", out var id)
            ? new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;
    }
}
