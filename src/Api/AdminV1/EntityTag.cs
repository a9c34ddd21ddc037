using System.Globalization;

namespace Scalelite.Api.AdminV1;

/// <summary>A stream's version as an ETag, <c>"7"</c>.</summary>
internal static class EntityTag
{
    /// <summary>The ETag of a version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Reads an If-Match of one ETag. False where it can be none of ours, so that it matches nothing.</summary>
    /// <param name="version">Null for <c>*</c>: whatever it is.</param>
    public static bool TryRead(string header, out long? version)
    {
        version = null;
        var text = header.Trim();
        if (text == "*") return true;
        if (text.Length < 3 || text[0] != '"' || text[^1] != '"') return false;
        if (!long.TryParse(text[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var read)) return false;
        version = read;
        return true;
    }
}
