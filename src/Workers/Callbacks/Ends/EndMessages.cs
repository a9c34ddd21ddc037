namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>The node of a run called, with the right MAC, because the meeting ended.</summary>
/// <param name="ServerId">Where the run is.</param>
public sealed record HearEnd(Guid Instance, string ServerId, bool RecordingMarks, DateTimeOffset At);

/// <summary>The node is asked whether the meeting is over, as its call said.</summary>
/// <param name="CalledAt">When it called.</param>
/// <param name="Tries">How often it was asked before.</param>
public sealed record ConfirmEnd(Guid Instance, string ServerId, DateTimeOffset CalledAt, int Tries);

/// <summary>The run is over, and its node called or had time enough to: its client is told. Only a wake-up; what is due stands in <c>meeting_end</c>.</summary>
public sealed record TellEnd(Guid Instance);

/// <summary>A meeting ended on the server, and it did not call: perhaps it never does.</summary>
public sealed record JudgeEndCallbacks(string ServerId);
