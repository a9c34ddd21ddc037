namespace Scalelite.Simulator.Recordings;

/// <summary>How a <c>metadata.xml</c> is written. Formats and versions of BBB differ; all of it is met in the field (<c>bbb-api.md §6.2</c>).</summary>
public sealed record MetadataWording
{
    /// <summary><c>published</c>, or <c>available</c> as video and screenshare have it.</summary>
    public string State { get; init; } = "published";

    /// <summary><c>&lt;published&gt;</c>.</summary>
    public bool Published { get; init; } = true;

    /// <summary>Whether there is a <c>&lt;meeting&gt;</c>.</summary>
    public bool HasMeeting { get; init; } = true;

    /// <summary>Whether there is a <c>&lt;participants&gt;</c>.</summary>
    public bool HasParticipants { get; init; } = true;

    /// <summary>Whether the playback has a <c>&lt;size&gt;</c>.</summary>
    public bool HasSize { get; init; } = true;

    /// <summary>Whether there is a <c>&lt;raw_size&gt;</c>.</summary>
    public bool HasRawSize { get; init; } = true;

    /// <summary>Whether the playback has a <c>&lt;processing_time&gt;</c>.</summary>
    public bool HasProcessingTime { get; init; } = true;

    /// <summary>Whether <c>&lt;breakout/&gt;</c> and <c>&lt;breakoutRooms/&gt;</c> are there although nothing is in them.</summary>
    public bool HasEmptyBreakouts { get; init; }

    /// <summary>Whether <c>&lt;meta&gt;</c> comes after <c>&lt;playback&gt;</c>.</summary>
    public bool MetaAfterPlayback { get; init; }

    /// <summary>Whether links and images stand on lines of their own.</summary>
    public bool SpacedUrls { get; init; }

    /// <summary>Put before the root: <c>&lt;?xml version='1.0' encoding='UTF-8'?&gt;</c>, for example.</summary>
    public string Declaration { get; init; } = "";
}
