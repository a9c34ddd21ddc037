namespace Scalelite.Domain.Servers;

/// <summary>Whether a server can be taken away without anybody losing anything.</summary>
public static class Removability
{
    /// <summary>What it waits for, a sentence each; none where it can go.</summary>
    /// <param name="meetings">Live ones on it.</param>
    /// <param name="archives">internalMeetingIDs of recorded meetings whose archives have not arrived.</param>
    public static IReadOnlyList<string> WaitsFor(AdministrativeState state, int meetings, IReadOnlyCollection<string> archives)
    {
        ArgumentNullException.ThrowIfNull(archives);
        var reasons = new List<string>();
        if (state == AdministrativeState.Enabled) reasons.Add("it takes meetings: cordon it");
        if (meetings > 0) reasons.Add(meetings == 1 ? "a meeting on it" : $"{meetings} meetings on it");
        if (archives.Count > 0) reasons.Add($"the archives of {string.Join(", ", archives)}");
        return reasons;
    }
}
