using Scalelite.Domain.Placement;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>The story of one run of a meeting: who asked for it, why it is where it is, what happened to it and what came of it.</summary>
/// <param name="Instance">This run.</param>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Tenant">The tenant's name; null without one, or where it was removed.</param>
/// <param name="Name">Null where the client gave none, or it was forgotten.</param>
/// <param name="State"><c>placing</c>, <c>live</c>, <c>ended</c>, <c>failed</c>.</param>
/// <param name="ServerId">Where it is, or was last.</param>
/// <param name="Server">That server's host; its id where it left the pool.</param>
/// <param name="Adopted">It was found on its node, not placed by us.</param>
/// <param name="How">How its end was learned, or how its placing failed.</param>
/// <param name="Asked">Who asked for it first; null for one that was adopted.</param>
/// <param name="InternalMeetingIds">What the nodes' logs call it, in the order in which it got them.</param>
/// <param name="Size">How large it was or is; null where no poll saw it.</param>
/// <param name="JoinsRouted">How many joins we sent to it.</param>
/// <param name="Joins">The same by minute and server.</param>
/// <param name="Steps">What happened, in order.</param>
/// <param name="Recordings">What its nodes recorded, and what became of that.</param>
/// <param name="Callbacks">Calls that its client was owed for it.</param>
/// <param name="OtherRuns">Further runs of this meetingID, the latest first, at most ten.</param>
internal sealed record MeetingStory(
    Guid Instance, string MeetingId, string TenantId, string? Tenant, string? Name, string State, string ServerId, string Server, string? VoiceBridge, bool Record,
    bool IsBreakout, string? ParentMeetingId, bool Adopted, int Moves, DateTimeOffset PlacedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? How,
    StoryAsking? Asked, IReadOnlyList<StoryInternalId> InternalMeetingIds, StorySize? Size, long JoinsRouted, IReadOnlyList<StoryJoins> Joins,
    IReadOnlyList<StoryStep> Steps, IReadOnlyList<StoryRecording> Recordings, IReadOnlyList<StoryCallback> Callbacks, IReadOnlyList<StoryRun> OtherRuns);

/// <summary>Who asked for a meeting.</summary>
/// <param name="Actor">The part of us that was asked: <c>bbb-api</c>.</param>
/// <param name="RequestId">Under which our log and the proxy's name the request.</param>
/// <param name="SecretFingerprint">Of the secret that the create was signed with; null where nothing was to be called back.</param>
internal sealed record StoryAsking(DateTimeOffset At, string? Actor, string? RequestId, string? SecretFingerprint);

/// <summary>What a node called the meeting.</summary>
/// <param name="ServerId">The server that had it under this id.</param>
internal sealed record StoryInternalId(string InternalMeetingId, string ServerId, string Server);

/// <summary>How large a meeting was, by the polls that saw it.</summary>
/// <param name="Curve">Users at equal distances from start to end.</param>
internal sealed record StorySize(int Peak, double Mean, IReadOnlyList<int> Curve);

/// <summary>Joins that were sent to one server in one minute.</summary>
/// <param name="Minute">Its beginning (UTC).</param>
internal sealed record StoryJoins(DateTimeOffset Minute, string ServerId, string Server, int Joins);

/// <summary>Something that happened.</summary>
/// <param name="Number">Of its event in the log.</param>
/// <param name="Kind">The event's type: <c>meeting_placed</c>, <c>server_went_offline</c>.</param>
/// <param name="Text">A sentence.</param>
/// <param name="ElapsedMs">How long the node took to answer.</param>
/// <param name="Choice">Where a server was chosen: how.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Reason">Why a person did it, where they said so.</param>
/// <param name="CorrelationId">The request that it came from.</param>
/// <param name="CausationId">The message or command that did it.</param>
internal sealed record StoryStep(
    DateTimeOffset At, long Number, string Kind, string Text, string? ServerId, int? ElapsedMs, StoryChoice? Choice, string? Actor, string? Reason,
    string? CorrelationId, string? CausationId);

/// <summary>Why a server was chosen.</summary>
/// <param name="Policy">The policy's name, or <c>held</c> where the meeting had a server already.</param>
/// <param name="Rule">The rule that chose.</param>
/// <param name="Tag">The tag that was asked for.</param>
/// <param name="Attempt">1 for the first server tried.</param>
/// <param name="Candidates">How many servers could have been chosen.</param>
/// <param name="Considered">Those with the lowest load, the chosen one first, as the policy saw them.</param>
/// <param name="NoCandidates">The other servers of the pool at that moment; null where that is not known.</param>
/// <param name="Together">Other meetings that were placed in the same breath.</param>
internal sealed record StoryChoice(
    string Policy, string Rule, string? Tag, int Attempt, int Candidates, IReadOnlyList<StoryCandidate> Considered, IReadOnlyList<StoryNoCandidate>? NoCandidates,
    IReadOnlyList<StoryTogether> Together)
{
    public static StoryChoice Of(PlacementReason why, Func<string, string> nameOf) => new(
        why.Policy, why.Rule, why.Tag, why.Attempt, why.Candidates,
        [.. why.Considered.Select(c => new StoryCandidate(c.ServerId, nameOf(c.ServerId), null, c.Tag, c.Load, c.Meetings, c.Reserved, c.PollAgeSeconds))], null, []);
}

/// <summary>A server that could be chosen.</summary>
/// <param name="State">Its state and health at that moment; null where they are not known.</param>
/// <param name="Load">What the policy compared, multiplier included.</param>
/// <param name="Reserved">The share of it that no poll had shown yet, before the multiplier.</param>
/// <param name="PollAgeSeconds">Age of its last good poll; null if there was none.</param>
internal sealed record StoryCandidate(
    string ServerId, string Server, string? State, string? Tag, decimal Load, int Meetings, long Reserved, double? PollAgeSeconds);

/// <summary>A server that could not be chosen.</summary>
internal sealed record StoryNoCandidate(string ServerId, string Server, string Why);

/// <summary>How many other meetings a server got in the same breath: creates that waited together are placed together.</summary>
internal sealed record StoryTogether(string ServerId, string Server, int Placements);

/// <summary>A recording of the meeting, or an archive that may become one.</summary>
/// <param name="State"><c>published</c>, <c>unpublished</c>, <c>deleted</c>; of an archive that is under way or in quarantine its state.</param>
/// <param name="ArchivedAt">When its archive came; null for one that was taken over.</param>
/// <param name="ImportedAt">When it stood in the catalog first.</param>
/// <param name="Reason">Why the archive is not in.</param>
internal sealed record StoryRecording(
    string RecordId, string State, Guid? ImportId, DateTimeOffset? ArchivedAt, DateTimeOffset? ImportedAt, string? Reason);

/// <summary>A call that the client was owed.</summary>
/// <param name="Host">Its target; never the URL.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c>, <c>abandoned</c>.</param>
internal sealed record StoryCallback(
    Guid Id, string Kind, string Host, string State, int Attempts, string? LastOutcome, DateTimeOffset RegisteredAt, DateTimeOffset? DueAt, DateTimeOffset? EndedAt);

/// <summary>Another run of the meeting.</summary>
internal sealed record StoryRun(Guid Instance, string ServerId, string Server, string State, DateTimeOffset PlacedAt, DateTimeOffset? EndedAt);
