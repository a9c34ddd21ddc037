using Scalelite.Domain.Placement;

namespace Scalelite.Domain.Meetings;

/// <summary>A meeting was given to a server; the node has not answered yet. Again in the same stream when the next server is tried.</summary>
/// <param name="Instance">This run of the meeting: a UUID v7 made at its first placing.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Name">Null where the create gave none, or it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="Metadata">As the create had it, without the <c>meta_</c>; callback URLs are left out. Null where it was forgotten.</param>
/// <param name="Deadline">When the create's caller has an answer at the latest.</param>
/// <param name="RequestId">The correlation id of the create; placements of one batch share their events' own.</param>
/// <param name="Callbacks">The callback metas that the client gave (names without <c>meta_</c>, in lower case) and the fingerprints of their
/// URLs, which are sealed under the instance; null where there is none.</param>
/// <param name="SignerFingerprint">Of the secret that the create was signed with; null where nothing will be called back.</param>
/// <param name="EndRelayed">The node calls us when the meeting ends, and we call whom the create named.</param>
public sealed record MeetingPlaced(
    Guid Instance,
    string TenantId,
    string MeetingId,
    string ServerId,
    string? Name,
    string? VoiceBridge,
    bool Record,
    IReadOnlyDictionary<string, string>? Metadata,
    PlacementReason Why,
    DateTimeOffset Deadline,
    DateTimeOffset At,
    string? RequestId = null,
    IReadOnlyDictionary<string, string>? Callbacks = null,
    string? SignerFingerprint = null,
    bool EndRelayed = false);

/// <summary>The node has the meeting.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Existing">The node had it already (<c>duplicateWarning</c>).</param>
/// <param name="ModeratorPasswordFingerprint">Of the sealed password, where the node gave one.</param>
public sealed record MeetingStarted(
    Guid Instance,
    string ServerId,
    string InternalMeetingId,
    long CreateTime,
    string? VoiceBridge,
    bool Existing,
    string? ModeratorPasswordFingerprint,
    int ElapsedMs,
    DateTimeOffset At);

/// <summary>How a placement failed.</summary>
public enum PlacementFailure
{
    /// <summary>The node did not take the request: refused, unresolved, its own <c>checksumError</c>.</summary>
    NotTaken,

    /// <summary>The request was sent and not answered with a returncode: the node may have the meeting.</summary>
    Uncertain,

    /// <summary>The node answered FAILED; the caller got that answer.</summary>
    Refused,

    /// <summary>The caller's time was over, or the process died, and two polls have not seen the meeting.</summary>
    Abandoned,
}

/// <summary>The reservation is released. After <see cref="PlacementFailure.Uncertain"/> a copy that shows up there without users is ended.</summary>
public sealed record PlacementFailed(Guid Instance, string ServerId, PlacementFailure Failure, string Reason, int ElapsedMs, DateTimeOffset At);

/// <summary>A meeting that we did not place was found on a node: a breakout, one made directly, or all after the log was lost.</summary>
/// <param name="Name">Null where the node says none, or it was forgotten (<see cref="Keeping.DataForgotten"/>).</param>
/// <param name="Metadata">Null where it was forgotten.</param>
public sealed record MeetingAdopted(
    Guid Instance,
    string TenantId,
    string MeetingId,
    string ServerId,
    string InternalMeetingId,
    long CreateTime,
    string? Name,
    string? VoiceBridge,
    bool IsBreakout,
    string? ParentMeetingId,
    IReadOnlyDictionary<string, string>? Metadata,
    DateTimeOffset At);

/// <summary>The meeting lives on another server now; the copy left behind is watched and ended once it is empty.</summary>
/// <param name="LeftInternalMeetingId">The copy on <paramref name="FromServerId"/>, where known.</param>
/// <param name="Back">It returns to a copy that people are still in.</param>
/// <param name="InternalMeetingId">The copy on <paramref name="ToServerId"/>, known when it moves back.</param>
public sealed record MeetingMoved(
    Guid Instance,
    string FromServerId,
    string? LeftInternalMeetingId,
    string ToServerId,
    string? InternalMeetingId,
    long? CreateTime,
    bool Back,
    PlacementReason? Why,
    DateTimeOffset Deadline,
    DateTimeOffset At);

/// <summary>A watched copy is gone: we ended it when it was empty, or its node no longer has it.</summary>
public sealed record MeetingCopyGone(Guid Instance, string ServerId, string How, DateTimeOffset At);

/// <summary>How the end of a meeting was learned.</summary>
public enum EndLearned
{
    /// <summary>An <c>end</c> call that its node confirmed.</summary>
    EndCall,

    /// <summary>The node answered notFound.</summary>
    NotFound,

    /// <summary>Two polls in a row without it.</summary>
    Polls,

    /// <summary>The node said so by callback and confirmed it.</summary>
    Callback,

    /// <summary>The node answered a create with another internalMeetingID: it had lost this run.</summary>
    Replaced,

    /// <summary>Its server was removed.</summary>
    ServerRemoved,

    /// <summary>Its server was panicked.</summary>
    ServerPanicked,

    /// <summary>Its server was disabled and the meeting was placed anew.</summary>
    PlacedAnew,
}

/// <summary>The run is over.</summary>
/// <param name="EndedAt">When it ended, as far as known.</param>
/// <param name="Curve">Users at equal distances from start to end, at most 60 points.</param>
public sealed record MeetingEnded(
    Guid Instance,
    string ServerId,
    EndLearned How,
    DateTimeOffset EndedAt,
    int PeakUsers,
    double MeanUsers,
    IReadOnlyList<int> Curve,
    DateTimeOffset At);

/// <summary>The node called us because the meeting ended. It is a hint: the run is over once the node confirms it, or polls lack it.</summary>
/// <param name="RecordingMarks">What the node said: somebody marked what is to be recorded.</param>
public sealed record MeetingEndCalled(Guid Instance, string ServerId, bool RecordingMarks, DateTimeOffset At);

/// <summary>Nothing more is to be told of the end of the run.</summary>
/// <param name="Called">Its node had called us.</param>
/// <param name="Told">Its create named who is to be told, and the outbox has it.</param>
public sealed record MeetingEndTold(Guid Instance, bool Called, bool Told, DateTimeOffset At);
