namespace Scalelite.Workers.Recordings.Storage;

/// <summary>Where a player gets a file.</summary>
public abstract record PlaybackLocation
{
    /// <summary>On this machine.</summary>
    /// <param name="FullPath">Its path.</param>
    public sealed record OnDisk(string FullPath) : PlaybackLocation;

    /// <summary>At a server that speaks S3.</summary>
    /// <param name="Url">Opens the file without anything else, until <paramref name="ExpiresAt"/>.</param>
    public sealed record AtUrl(Uri Url, DateTimeOffset ExpiresAt) : PlaybackLocation;
}

/// <summary>What the answer at a URL says of a file; null leaves it to the server.</summary>
public readonly record struct PlaybackHeaders(string? ContentType = null, string? ContentDisposition = null);
