namespace Scalelite.Workers.Configuration;

/// <summary>How long the history is kept in detail.</summary>
public sealed record KeepingSettings
{
    /// <summary>POLL_HISTORY_DAYS: polls and joins of older days are rolled up to minutes; null keeps each of them.</summary>
    public TimeSpan? Polls { get; init; } = TimeSpan.FromDays(30);

    /// <summary>CALLBACK_HISTORY_DAYS: older callbacks that are over, and the URLs that creates of older meetings named, are removed; null keeps them.</summary>
    public TimeSpan? Callbacks { get; init; } = TimeSpan.FromDays(90);

    /// <summary>RECORDING_METADATA_DAYS: names and metadata of recordings that were deleted longer ago are forgotten; null keeps them.</summary>
    public TimeSpan? RecordingMetadata { get; init; }
}
