namespace Scalelite.Simulator.Recordings;

/// <summary>An archive that a node delivered, or tried to.</summary>
/// <param name="Archive">Its file name.</param>
/// <param name="Formats">The formats in it.</param>
/// <param name="Failure">Why it did not get there; null where it did.</param>
public sealed record PublishedRecording(
    string RecordId, string MeetingId, string Archive, IReadOnlyList<string> Formats, long Bytes, DateTimeOffset At, string? Failure);
