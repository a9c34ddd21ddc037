namespace Scalelite.Domain.Servers;

/// <summary>What a part of a check came to.</summary>
public enum CheckVerdict
{
    /// <summary>It is as it should be.</summary>
    Fine,

    /// <summary>It works, and somebody should look.</summary>
    Doubtful,

    /// <summary>The server cannot be used like this.</summary>
    Failed,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">api, secret, version, clock, latency, meeting.</param>
/// <param name="Detail">What was found, for a person; no secret.</param>
public sealed record CheckedPart(string Name, CheckVerdict Verdict, string Detail);

/// <summary>What is expected of a node, as pure judgements.</summary>
public static class ServerCheck
{
    /// <summary>createTimes, cookies and tokens of a node with a clock that is further off go wrong for people.</summary>
    public static readonly TimeSpan LargestClockDifference = TimeSpan.FromSeconds(30);

    /// <summary>A call to an idle node that takes longer makes joining slow.</summary>
    public static readonly TimeSpan LongestLatency = TimeSpan.FromSeconds(1);

    /// <summary>The oldest version that gets security fixes no more, and all before it: BigBlueButton 2.6.</summary>
    public static readonly Version Outdated = new(2, 6);

    /// <summary>Judges the version that a node names; null where it keeps it to itself.</summary>
    public static CheckedPart OfVersion(string? version) =>
        version is null ? new("version", CheckVerdict.Doubtful, "the node does not say which version it runs")
        : Version.TryParse(Leading(version), out var number) && number.Major > 1 && new Version(number.Major, number.Minor) <= Outdated
            ? new("version", CheckVerdict.Doubtful, $"BigBlueButton {version}, which is out of support")
        : new("version", CheckVerdict.Fine, $"BigBlueButton {version}");

    /// <summary>Judges by how much a node's clock is ahead of ours; null where the node does not tell its time.</summary>
    public static CheckedPart OfClock(TimeSpan? ahead) =>
        ahead is not { } by ? new("clock", CheckVerdict.Doubtful, "the node does not tell its time")
        : by.Duration() > LargestClockDifference
            ? new("clock", CheckVerdict.Failed, FormattableString.Invariant($"{by.TotalSeconds:0} s ahead of ours (at most {LargestClockDifference.TotalSeconds} s either way)"))
        : new("clock", CheckVerdict.Fine, FormattableString.Invariant($"{by.TotalSeconds:0} s ahead of ours"));

    /// <summary>Judges how long calls take.</summary>
    /// <param name="median">Of a few calls.</param>
    public static CheckedPart OfLatency(TimeSpan median) => new(
        "latency",
        median > LongestLatency ? CheckVerdict.Doubtful : CheckVerdict.Fine,
        FormattableString.Invariant($"{median.TotalMilliseconds:0} ms, the middle of three calls"));

    private static string Leading(string version)
    {
        var length = version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return version[..length].TrimEnd('.');
    }
}
