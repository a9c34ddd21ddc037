namespace Scalelite.Workers;

/// <summary>Who asked for a change had seen another version of what is to be changed; nothing was changed.</summary>
public sealed class StaleVersionException(long seen, long now) : Exception($"Version {seen} was to be changed, which is {now} by now")
{
    /// <summary>The version that is.</summary>
    public long Now => now;
}
