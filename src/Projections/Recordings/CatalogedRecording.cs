using System.Text.Json;
using Npgsql;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>A recording as the catalog has it.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="StartTime">Epoch milliseconds.</param>
/// <param name="EndTime">Epoch milliseconds.</param>
/// <param name="Metadata">Keys in lower case; empty for a deleted one.</param>
/// <param name="Formats">In order of name. A deleted one has those whose files are still to be removed.</param>
public sealed record CatalogedRecording(
    string RecordId,
    string TenantId,
    string MeetingId,
    string? InternalMeetingId,
    Guid? Instance,
    string Name,
    RecordingState State,
    bool Protected,
    long StartTime,
    long EndTime,
    int? Participants,
    long? RawSize,
    bool IsBreakout,
    BreakoutOf? Breakout,
    IReadOnlyList<string> BreakoutRooms,
    IReadOnlyList<KeyValuePair<string, string>> Metadata,
    IReadOnlyList<CatalogedFormat> Formats)
{
    /// <summary>What <see cref="Read"/> reads, of <c>recording_catalog c</c>.</summary>
    internal const string Columns =
        """
        c.record_id, c.tenant_id, c.meeting_id, c.internal_meeting_id, c.instance, c.name, c.state, c.protected, c.start_time, c.end_time,
        c.participants, c.raw_size, c.is_breakout, c.breakout::text, c.breakout_rooms, c.metadata::text,
        (
            select json_agg(json_build_array(
                f.format, f.place, f.link, f.length_minutes, f.processing_ms, f.size_bytes, f.thumbnails, f.files, f.bytes, f.manifest_sha256) order by f.format)
            from recording_format f where f.record_id = c.record_id
        )::text
        """;

    /// <summary>Reads <c>published</c>, <c>unpublished</c>, <c>deleted</c>.</summary>
    public static RecordingState ReadState(string state) => state switch
    {
        "published" => RecordingState.Published,
        "unpublished" => RecordingState.Unpublished,
        "deleted" => RecordingState.Deleted,
        _ => throw new InvalidOperationException($"A recording's state is '{state}'"),
    };

    /// <summary>As the tables and BBB spell it.</summary>
    public static string NameOf(RecordingState state) => state switch
    {
        RecordingState.Published => "published",
        RecordingState.Unpublished => "unpublished",
        _ => "deleted",
    };

    internal static RecordingPlace ReadPlace(string? place) => place == "published" ? RecordingPlace.Published : RecordingPlace.Unpublished;

    internal static CatalogedRecording Read(NpgsqlDataReader row, int first) => new(
        row.GetString(first),
        row.GetString(first + 1),
        row.GetString(first + 2),
        row.IsDBNull(first + 3) ? null : row.GetString(first + 3),
        row.IsDBNull(first + 4) ? null : row.GetGuid(first + 4),
        row.GetString(first + 5),
        ReadState(row.GetString(first + 6)),
        row.GetBoolean(first + 7),
        row.GetInt64(first + 8),
        row.GetInt64(first + 9),
        row.IsDBNull(first + 10) ? null : row.GetInt32(first + 10),
        row.IsDBNull(first + 11) ? null : row.GetInt64(first + 11),
        row.GetBoolean(first + 12),
        row.IsDBNull(first + 13) ? null : JsonSerializer.Deserialize<BreakoutOf>(row.GetString(first + 13)),
        row.GetFieldValue<string[]>(first + 14),
        CatalogedJson.ReadMetadata(row.GetFieldValue<byte[]>(first + 15)),
        row.IsDBNull(first + 16) ? [] : CatalogedJson.ReadFormats(row.GetFieldValue<byte[]>(first + 16)));
}

/// <summary>A format of a recording in the catalog; <see cref="RecordingFormat"/> tells what the parts mean.</summary>
/// <param name="Place">Where its files are.</param>
public sealed record CatalogedFormat(
    string Format,
    RecordingPlace Place,
    string Link,
    int LengthMinutes,
    long? ProcessingMs,
    long? SizeBytes,
    IReadOnlyList<Thumbnail> Thumbnails,
    int Files,
    long Bytes,
    string? ManifestSha256);

/// <summary>What playing a format needs to know.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Place">Where its files are; they are served only while the state is published and this place too.</param>
public sealed record PlayedFormat(string TenantId, RecordingState State, bool Protected, RecordingPlace Place, string Link, string? ManifestSha256);

/// <summary>A format whose files are to be moved to where the recording's state wants them, or removed where it was deleted.</summary>
/// <param name="Place">Where the files were last seen.</param>
/// <param name="Since">When it became due.</param>
public sealed record FileWork(string RecordId, string Format, RecordingState State, RecordingPlace Place, DateTimeOffset Since);

/// <summary>A text track of a recording; <see cref="RecordingTextTrackStored"/> tells what the parts mean.</summary>
public sealed record CatalogedTextTrack(string Kind, string Lang, string Label, string Source, long Bytes);
