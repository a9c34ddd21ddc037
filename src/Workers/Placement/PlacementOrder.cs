using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Workers.Placement;

/// <summary>A create that needs a server.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="Metadata">As the create had it, without callback URLs; kept for explanations and for getMeetings.</param>
/// <param name="ExternalVoiceBridge">The client's number, where USE_EXTERNAL_VOICE_BRIDGE lets it choose one.</param>
/// <param name="Deadline">When its caller has an answer at the latest.</param>
/// <param name="RequestId">The request's correlation id.</param>
public sealed record PlacementOrder(
    string TenantId,
    string MeetingId,
    string? Name,
    bool Record,
    IReadOnlyDictionary<string, string> Metadata,
    TagRequest Tag,
    string? ExternalVoiceBridge,
    DateTimeOffset Deadline,
    string RequestId)
{
    /// <summary>The attempt that failed before this one; its reservation is released in the same transaction.</summary>
    public FailedAttempt? Failed { get; init; }

    /// <summary>Whom the client wants to be called about the run, if it begins with this create; null for nobody.</summary>
    public RunCallbacks? Callbacks { get; init; }

    /// <summary>Servers whose meetings do not end with a call to us; null where none's do (END_CALLBACK=pass).</summary>
    public IReadOnlySet<string>? EndsPassedBy { get; init; }

    /// <summary>The meeting's server is offline and did not answer when it was tried just now: the meeting may move.</summary>
    public bool ServerWasTried { get; init; }

    /// <summary>Whether a run that begins on that server is one at whose end the node calls us.</summary>
    public bool RelaysEndOn(string serverId) => EndsPassedBy is { } passed && !passed.Contains(serverId);
}

/// <summary>An attempt to create a meeting on a server, and how it failed.</summary>
/// <param name="Tried">All servers that were tried for this create.</param>
/// <param name="Attempt">1 for the first server tried.</param>
/// <param name="TriesNext">False where only the reservation is to be released.</param>
public sealed record FailedAttempt(
    Guid Instance,
    string ServerId,
    PlacementFailure Failure,
    string Reason,
    TimeSpan Elapsed,
    IReadOnlySet<string> Tried,
    int Attempt,
    bool TriesNext);
