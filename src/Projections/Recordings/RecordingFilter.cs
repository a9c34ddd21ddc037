using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>Which recordings are asked for. What is set must all hold.</summary>
public sealed record RecordingFilter
{
    /// <summary>Those of this tenant; empty: of none. Null, for operators only: of all.</summary>
    public required string? TenantId { get; init; }

    /// <summary>Their id begins with one of these; null: any.</summary>
    public IReadOnlyList<string>? RecordIds { get; init; }

    /// <summary>They are of one of these meetingIDs; null: any.</summary>
    public IReadOnlyList<string>? MeetingIds { get; init; }

    /// <summary>They are in one of these states; null: in any, deleted included.</summary>
    public IReadOnlyList<RecordingState>? States { get; init; }

    /// <summary>They have all of these metadata.</summary>
    public IReadOnlyList<MetadataFilter> Metadata { get; init; } = [];

    /// <summary>So many are left out, the newest.</summary>
    public int Offset { get; init; }

    /// <summary>No more than these; null: all.</summary>
    public int? Limit { get; init; }
}

/// <summary>A key and what its value must be.</summary>
/// <param name="Key">In lower case.</param>
/// <param name="Value">The value, or a part of it.</param>
/// <param name="AnyStart">Anything may stand before it.</param>
/// <param name="AnyEnd">Anything may stand behind it.</param>
public sealed record MetadataFilter(string Key, string Value, bool AnyStart, bool AnyEnd)
{
    /// <summary>Reads a value as BBB does: <c>%</c> at either end stands for anything; elsewhere for itself.</summary>
    public static MetadataFilter Of(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        var anyStart = value.StartsWith('%');
        var rest = anyStart ? value[1..] : value;
        var anyEnd = rest.EndsWith('%');
        return new MetadataFilter(key.ToLowerInvariant(), anyEnd ? rest[..^1] : rest, anyStart, anyEnd || value == "%");
    }

    internal bool IsExact => !AnyStart && !AnyEnd;
}
