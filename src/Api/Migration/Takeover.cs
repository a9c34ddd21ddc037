namespace Scalelite.Api.Migration;

/// <summary>What came of taking one kind of thing over.</summary>
/// <param name="Kind">servers, tenants, …</param>
internal sealed record TakenOver(string Kind)
{
    private readonly List<string> _problems = [];

    /// <summary>Taken over now; with a dry run: would be.</summary>
    public long New { get; set; }

    /// <summary>Here already: left as it is.</summary>
    public long Present { get; set; }

    /// <summary>Why each of the others was not.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>One that cannot be taken over, and why.</summary>
    public void Skip(string why) => _problems.Add(why);
}
