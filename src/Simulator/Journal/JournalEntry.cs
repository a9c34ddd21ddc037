namespace Scalelite.Simulator.Journal;

/// <summary>A call as it arrived, before its checksum was looked at and whatever came of it.</summary>
/// <param name="Call">The call's name; <c>root</c>, <c>html5client</c> or <c>unsupported</c> for what has none.</param>
/// <param name="MeetingID">As the query had it.</param>
/// <param name="Remote">The caller's address and port.</param>
public readonly record struct JournalEntry(DateTimeOffset At, string Call, string? MeetingID, string Remote);
