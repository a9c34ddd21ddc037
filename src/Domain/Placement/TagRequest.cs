namespace Scalelite.Domain.Placement;

/// <summary>
/// The tags that a create asks for (<c>meta_server-tag</c>): <c>a</c> prefers, <c>a!</c> requires, <c>a;b;none</c> lists
/// alternatives of equal rank, <c>none</c> meaning untagged servers.
/// </summary>
public sealed class TagRequest
{
    private const string NoTag = "none";

    private readonly string[] tags;

    private TagRequest(string? text, string[] tags, bool untagged, bool required)
    {
        Text = text;
        this.tags = tags;
        AcceptsUntagged = untagged;
        Required = required;
    }

    /// <summary>A create that asks for nothing: untagged servers.</summary>
    public static TagRequest Untagged { get; } = new(null, [], untagged: true, required: false);

    /// <summary>As it was asked; null where it was not.</summary>
    public string? Text { get; }

    /// <summary>The tags that are accepted, <c>none</c> left out.</summary>
    public IReadOnlyList<string> Tags => tags;

    /// <summary>Untagged servers are among the alternatives.</summary>
    public bool AcceptsUntagged { get; }

    /// <summary>Nothing but the alternatives will do.</summary>
    public bool Required { get; }

    /// <summary>Reads a request; null, blank and one without any tag ask for nothing.</summary>
    public static TagRequest Parse(string? text)
    {
        var asked = text?.Trim() ?? "";
        var required = asked.EndsWith('!');
        if (required)
            asked = asked[..^1];
        var entries = asked.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (entries.Length == 0)
            return Untagged;
        string[] named = [.. entries.Where(entry => entry != NoTag).Distinct(StringComparer.Ordinal)];
        return new TagRequest(text!.Trim(), named, entries.Contains(NoTag), required);
    }

    /// <summary>The request that counts: the first that was given, in this order.</summary>
    public static TagRequest Resolve(string? tenantOverride, string? @override, string? client, string? tenantDefault, string? @default) =>
        Parse(tenantOverride ?? @override ?? client ?? tenantDefault ?? @default);

    /// <summary>A server with that tag is one of the alternatives; null and empty are untagged.</summary>
    public bool Accepts(string? serverTag) =>
        string.IsNullOrEmpty(serverTag) ? AcceptsUntagged : Array.IndexOf(tags, serverTag) >= 0;

    /// <summary>A server may carry the tag: it can be asked for, so it is neither <c>none</c> nor holds <c>;</c>, a space at an end or a final <c>!</c>.</summary>
    public static bool IsServerTag(string tag) =>
        tag.Length > 0 && tag != NoTag && tag == tag.Trim() && !tag.Contains(';') && !tag.EndsWith('!') && !tag.Any(char.IsControl);
}
