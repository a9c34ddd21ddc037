namespace Scalelite.Api.Configuration;

/// <summary>Something that this program does otherwise than Scalelite, on purpose.</summary>
/// <param name="Subject">What it is about, in a few words.</param>
/// <param name="Scalelite">What Scalelite 1.8 does.</param>
/// <param name="Here">What happens here.</param>
/// <param name="Lines">Lines of an environment file, <c>NAME=value</c>, that restore what Scalelite does; none where no setting does.</param>
/// <param name="OtherWay">A sentence's beginning: what restores it where no setting does, or what else the lines need.</param>
/// <param name="Felt">Whether somebody with this environment would notice; null where no environment tells, or where a notice of the setting itself says it.</param>
internal sealed record Difference(
    string Subject, string Scalelite, string Here, IReadOnlyList<string> Lines, string? OtherWay = null, Func<GivenEnvironment, bool>? Felt = null)
{
    /// <summary>The line at the start of a process.</summary>
    public string Notice => $"Unlike Scalelite ({Subject}): {Here}. {Restoring("As Scalelite does: {0}", "No setting restores what Scalelite does")}";

    /// <summary>How it is undone, as Markdown.</summary>
    public string RestoringCell => Lines.Count == 0 && OtherWay is null
        ? "–"
        : string.Join("; ", Lines.Select(line => $"`{line}`").Concat(OtherWay is null ? [] : [OtherWay]));

    private string Restoring(string with, string without) => Lines.Count == 0 && OtherWay is null
        ? without
        : string.Format(System.Globalization.CultureInfo.InvariantCulture, with, string.Join("; ", OtherWay is null ? Lines : [.. Lines, OtherWay]));
}
