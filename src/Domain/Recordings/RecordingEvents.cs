namespace Scalelite.Domain.Recordings;

/// <summary>Where the files of a format lie: <c>{place}/{format}/{recordID}/…</c>.</summary>
public enum RecordingPlace
{
    /// <summary>RECORDING_PUBLISH_DIR, or <c>published/</c> in a bucket.</summary>
    Published,

    /// <summary>RECORDING_UNPUBLISH_DIR, or <c>unpublished/</c> in a bucket: never served.</summary>
    Unpublished,
}

/// <summary>A picture of a format's preview.</summary>
/// <param name="Path">Path below the site, as its node wrote it: <c>/presentation/{recordID}/…/thumb-1.png</c>.</param>
/// <param name="Width">Pixels; null where the archive does not say.</param>
/// <param name="Height">Pixels; null where the archive does not say.</param>
/// <param name="Alt">The words on the slide; null where they were forgotten (<see cref="Keeping.DataForgotten"/>).</param>
public sealed record Thumbnail(string Path, int? Width, int? Height, string? Alt);

/// <summary>One playback format of a recording.</summary>
/// <param name="Format"><c>[A-Za-z0-9_-]+</c>: presentation, video, …</param>
/// <param name="Link">Path and query of the playback, as its node wrote it.</param>
/// <param name="LengthMinutes">Of the playback, rounded.</param>
/// <param name="ProcessingMs">How long its node worked on it; null where the archive does not say.</param>
/// <param name="SizeBytes">As its node wrote it; null where the archive does not say.</param>
/// <param name="Files">Files in place.</param>
/// <param name="Bytes">Bytes in place.</param>
/// <param name="ManifestSha256">Lower-case hex of the SHA-256 of the manifest that lies in the format's folder; null where there is none.</param>
public sealed record RecordingFormat(
    string Format,
    string Link,
    int LengthMinutes,
    long? ProcessingMs,
    long? SizeBytes,
    IReadOnlyList<Thumbnail> Thumbnails,
    int Files,
    long Bytes,
    string? ManifestSha256);

/// <summary>What a breakout's recording says of its parent.</summary>
/// <param name="ParentId">The parent's internalMeetingID.</param>
public sealed record BreakoutOf(string? ParentId, int? Sequence, bool? FreeJoin);

/// <summary>What an archive's <c>metadata.xml</c> says of the recording, all but its formats (<c>bbb-api.md §6.2</c>).</summary>
/// <param name="RecordId">The node's id of the recording: <c>sha1-ms</c>.</param>
/// <param name="MeetingId">The client's meetingID.</param>
/// <param name="Name">Null where it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="StartTime">Epoch milliseconds.</param>
/// <param name="EndTime">Epoch milliseconds.</param>
/// <param name="Metadata">Without meetingId, meetingName and isBreakout; keys as the archive writes them. Null where it was forgotten.</param>
public sealed record RecordingDescription(
    string RecordId,
    string MeetingId,
    string? InternalMeetingId,
    string? Name,
    long StartTime,
    long EndTime,
    int? Participants,
    long? RawSize,
    bool IsBreakout,
    BreakoutOf? Breakout,
    IReadOnlyList<string> BreakoutRooms,
    IReadOnlyDictionary<string, string>? Metadata);

/// <summary>A format of a recording is in place: its first, one more, or again. What people changed stays changed.</summary>
/// <param name="TenantId">Empty without tenants; of the first import.</param>
/// <param name="Instance">The meeting's run, where we know it.</param>
/// <param name="Place">Where its files were put.</param>
/// <param name="Published">How the recording comes in if it is new.</param>
public sealed record RecordingImported(
    string RecordId,
    string TenantId,
    Guid ImportId,
    Guid? Instance,
    RecordingDescription Recording,
    RecordingFormat Format,
    RecordingPlace Place,
    bool Published,
    DateTimeOffset At);

/// <summary>A recording of another load balancer that stood here before, with all its formats; its files lie where that one put them.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Published">Where its files lie, and whether it is shown.</param>
/// <param name="Deleted">Only that it was there is known: no formats.</param>
public sealed record RecordingTakenOver(
    string RecordId,
    string TenantId,
    Guid? Instance,
    RecordingDescription Recording,
    IReadOnlyList<RecordingFormat> Formats,
    bool Published,
    bool Protected,
    bool Deleted,
    DateTimeOffset At);

/// <summary>Somebody published it. Its files follow: <see cref="RecordingFormatMoved"/>.</summary>
public sealed record RecordingPublished(string RecordId, DateTimeOffset At);

/// <summary>Somebody unpublished it: not played from this moment. Its files follow: <see cref="RecordingFormatMoved"/>.</summary>
public sealed record RecordingUnpublished(string RecordId, DateTimeOffset At);

/// <summary>Somebody protected it, or took the protection away.</summary>
public sealed record RecordingProtected(string RecordId, bool Protected, DateTimeOffset At);

/// <summary>Somebody changed metadata; a later import leaves these keys alone.</summary>
/// <param name="Set">Keys in lower case; null where they were forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="Removed">Keys in lower case; null where they were forgotten.</param>
public sealed record RecordingMetadataChanged(
    string RecordId, IReadOnlyDictionary<string, string>? Set, IReadOnlyList<string>? Removed, DateTimeOffset At);

/// <summary>It belongs to another tenant now.</summary>
public sealed record RecordingGivenToTenant(string RecordId, string TenantId, DateTimeOffset At);

/// <summary>It is gone for everybody; its files follow: <see cref="RecordingFormatRemoved"/>.</summary>
/// <param name="Why">A person, or the retention that ran out.</param>
public sealed record RecordingDeleted(string RecordId, string Why, DateTimeOffset At);

/// <summary>A deleted recording is to come back with the next import of its archive.</summary>
public sealed record RecordingRestored(string RecordId, DateTimeOffset At);

/// <summary>The files of a format are where the recording's state wants them.</summary>
public sealed record RecordingFormatMoved(string RecordId, string Format, RecordingPlace Place, DateTimeOffset At);

/// <summary>The files of a deleted recording's format are gone.</summary>
public sealed record RecordingFormatRemoved(string RecordId, string Format, DateTimeOffset At);

/// <summary>A text track (captions or subtitles) was stored with the recording.</summary>
/// <param name="Kind"><c>captions</c> or <c>subtitles</c>.</param>
/// <param name="Lang">A language tag: <c>en-US</c>.</param>
/// <param name="Source"><c>upload</c>, or <c>live</c> where the archive brought it.</param>
public sealed record RecordingTextTrackStored(
    string RecordId, string Kind, string Lang, string Label, string Source, long Bytes, DateTimeOffset At);
