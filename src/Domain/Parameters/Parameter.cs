namespace Scalelite.Domain.Parameters;

/// <summary>One <c>name=value</c> of a call, both decoded.</summary>
public readonly record struct Parameter(string Name, string Value)
{
    private const string Meta = "meta_";

    /// <summary>The name of the metadata that it sets, in lower case and without <c>meta_</c>; null where it sets none.</summary>
    public string? MetaName => Name.StartsWith(Meta, StringComparison.OrdinalIgnoreCase) ? Name[Meta.Length..].ToLowerInvariant() : null;

    /// <summary>A parameter that sets metadata.</summary>
    /// <param name="name">Without <c>meta_</c>.</param>
    public static Parameter OfMeta(string name, string value) => new(Meta + name, value);

    // A node lower-cases the names of metadata: in lower case nobody hides one behind another.
    internal Parameter Canonical => MetaName is { } meta ? OfMeta(meta, Value) : this;

    internal bool IsMeta(Predicate<string> named) => MetaName is { } meta && named(meta);
}
