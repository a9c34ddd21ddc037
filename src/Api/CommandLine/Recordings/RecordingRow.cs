using System.Globalization;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.CommandLine.Recordings;

/// <summary>A recording as commands print it.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="State"><c>published</c>, <c>unpublished</c>, <c>deleted</c>.</param>
/// <param name="Bytes">Of all its formats.</param>
internal sealed record RecordingRow(
    string RecordId,
    string TenantId,
    string MeetingId,
    string Name,
    string State,
    bool Protected,
    IReadOnlyList<string> Formats,
    long Bytes,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    int? Participants)
{
    /// <summary>The columns of its table.</summary>
    public static readonly Column<RecordingRow>[] Columns =
    [
        new("recording", row => row.RecordId),
        new("meeting", row => row.MeetingId),
        new("tenant", row => row.TenantId),
        new("name", row => row.Name),
        new("state", row => row.State + (row.Protected ? ", protected" : "")),
        new("formats", row => string.Join(' ', row.Formats)),
        new("MB", row => (row.Bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture), IsNumber: true),
        new("began at", row => Time(row.StartedAt)),
    ];

    public static RecordingRow Of(CatalogedRecording recording) => new(
        recording.RecordId, recording.TenantId, recording.MeetingId, recording.Name, CatalogedRecording.NameOf(recording.State), recording.Protected,
        [.. recording.Formats.Select(format => format.Format)], recording.Formats.Sum(format => format.Bytes),
        DateTimeOffset.FromUnixTimeMilliseconds(recording.StartTime), DateTimeOffset.FromUnixTimeMilliseconds(recording.EndTime), recording.Participants);

    /// <summary>A time as commands print it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
