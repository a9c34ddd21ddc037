using System.Collections.Immutable;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;

namespace Scalelite.Domain.Meetings;

/// <summary>
/// One run of a meeting (stream <c>meeting-{instance}</c>). It has one place; copies that our own events left elsewhere are
/// watched until they are gone. An end is final; a failed placement may be tried on the next server. Its events are in MeetingEvents.cs.
/// </summary>
/// <param name="InternalMeetingId">Known while live.</param>
/// <param name="CreateTime">Epoch milliseconds on the node's clock, known while live.</param>
/// <param name="Copies">By server; the internalMeetingID where it is known.</param>
public sealed partial record Meeting(
    Guid Instance,
    string TenantId,
    string MeetingId,
    string ServerId,
    MeetingPhase Phase,
    string? InternalMeetingId,
    long? CreateTime,
    string? Name,
    string? VoiceBridge,
    bool Record,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset Deadline,
    ImmutableDictionary<string, string?> Copies)
{
    /// <summary>Its node was given a URL of ours to call at the end.</summary>
    public bool EndRelayed { get; private init; }

    /// <summary>Whether there are recording marks, as its node said when it called at the end; null where it has not called.</summary>
    public bool? EndCalled { get; private init; }

    /// <summary>Nothing more is to be told of its end.</summary>
    public bool EndTold { get; private init; }

    /// <summary>How its end was learned; null before it.</summary>
    public EndLearned? How { get; private init; }

    public static Meeting Create(MeetingPlaced e) => new(
        e.Instance, e.TenantId, e.MeetingId, e.ServerId, MeetingPhase.Placing, null, null, e.Name, e.VoiceBridge, e.Record, e.Metadata ?? NoMetadata, e.Deadline, NoCopies)
    {
        EndRelayed = e.EndRelayed,
    };

    public static Meeting Create(MeetingAdopted e) => new(
        e.Instance, e.TenantId, e.MeetingId, e.ServerId, MeetingPhase.Live, e.InternalMeetingId, e.CreateTime, e.Name, e.VoiceBridge, false, e.Metadata ?? NoMetadata, e.At, NoCopies);

    public Meeting Apply(MeetingPlaced e) => this with
    {
        ServerId = e.ServerId,
        Phase = MeetingPhase.Placing,
        InternalMeetingId = null,
        CreateTime = null,
        Deadline = e.Deadline,
        Copies = Copies.Remove(e.ServerId),
        EndRelayed = e.EndRelayed,
    };

    public Meeting Apply(MeetingStarted e) => this with
    {
        Phase = MeetingPhase.Live,
        InternalMeetingId = e.InternalMeetingId,
        CreateTime = e.CreateTime,
        VoiceBridge = e.VoiceBridge ?? VoiceBridge,
    };

    public Meeting Apply(PlacementFailed e) => this with
    {
        Phase = MeetingPhase.Failed,
        Copies = e.Failure is PlacementFailure.Uncertain or PlacementFailure.Abandoned ? Copies.SetItem(e.ServerId, null) : Copies,
    };

    public Meeting Apply(MeetingMoved e) => this with
    {
        ServerId = e.ToServerId,
        Phase = e.Back ? MeetingPhase.Live : MeetingPhase.Placing,
        InternalMeetingId = e.InternalMeetingId,
        CreateTime = e.CreateTime,
        Deadline = e.Deadline,
        Copies = Copies.Remove(e.ToServerId).SetItem(e.FromServerId, e.LeftInternalMeetingId),
    };

    public Meeting Apply(MeetingCopyGone e) => this with { Copies = Copies.Remove(e.ServerId) };

    public Meeting Apply(MeetingEnded e) => this with
    {
        Phase = MeetingPhase.Ended,
        How = e.How,
        Copies = e.How == EndLearned.PlacedAnew ? Copies.SetItem(e.ServerId, InternalMeetingId) : Copies,
    };

    public Meeting Apply(MeetingEndCalled e) => this with { EndCalled = e.RecordingMarks };

    public Meeting Apply(MeetingEndTold _) => this with { EndTold = true };

    /// <summary>A new run, given to its first server.</summary>
    /// <param name="metadata">As the node will get it; what no event may hold is left out.</param>
    public static MeetingPlaced Place(
        Guid instance,
        string tenantId,
        string meetingId,
        string serverId,
        string? name,
        string? voiceBridge,
        bool record,
        IReadOnlyDictionary<string, string> metadata,
        PlacementReason why,
        DateTimeOffset deadline,
        DateTimeOffset at) =>
        new(instance, tenantId, meetingId, serverId, name, voiceBridge, record, ReservedMetadata.ForEvent(metadata), why, deadline, at);

    /// <summary>A run that was found on a node.</summary>
    public static MeetingAdopted Adopt(Guid instance, string tenantId, string serverId, FoundMeeting found, DateTimeOffset at) => new(
        instance,
        tenantId,
        found.MeetingId,
        serverId,
        found.InternalMeetingId,
        found.CreateTime,
        found.Name,
        found.VoiceBridge,
        found.IsBreakout,
        found.ParentMeetingId,
        ReservedMetadata.ForEvent(found.Metadata),
        at);

    /// <summary>The node has it. Refused where it is not being placed there, or is live there under another internalMeetingID.</summary>
    public Decision Start(
        string serverId,
        string internalMeetingId,
        long createTime,
        string? voiceBridge,
        bool existing,
        string? moderatorPasswordFingerprint,
        int elapsedMs,
        DateTimeOffset at) =>
        IsOn(serverId) && Phase == MeetingPhase.Live && InternalMeetingId == internalMeetingId ? Decision.Nothing
        : !IsOn(serverId) || Phase != MeetingPhase.Placing ? Decision.Refuse($"Meeting {Instance} is not being placed on {serverId}")
        : Decision.Of(new MeetingStarted(
            Instance, serverId, internalMeetingId, createTime, voiceBridge, existing, moderatorPasswordFingerprint, elapsedMs, at));

    /// <summary>Its server did not take it, or may have: the reservation is released. Nothing where it is not being placed there any more.</summary>
    public Decision FailPlacement(string serverId, PlacementFailure failure, string reason, int elapsedMs, DateTimeOffset at) =>
        IsOn(serverId) && Phase == MeetingPhase.Placing
            ? Decision.Of(new PlacementFailed(Instance, serverId, failure, reason, elapsedMs, at))
            : Decision.Nothing;

    /// <summary>After a failed placement it is given to the next server, for the same caller and until the same deadline.</summary>
    public Decision PlaceAgain(string serverId, PlacementReason why, DateTimeOffset at) => Phase == MeetingPhase.Failed
        ? Decision.Of(new MeetingPlaced(Instance, TenantId, MeetingId, serverId, Name, VoiceBridge, Record, Metadata, why, Deadline, at))
        : Decision.Refuse($"Meeting {Instance} is {Phase}: only a failed placement is tried again");

    /// <summary>
    /// It is over. Nothing where it is over already, is not on that server any more, or is still being placed (only the loss
    /// of its server ends that).
    /// </summary>
    /// <param name="endedAt">As far as known.</param>
    public Decision End(string serverId, EndLearned how, DateTimeOffset endedAt, MeetingCurve curve, DateTimeOffset at)
    {
        var serverLost = how is EndLearned.ServerRemoved or EndLearned.ServerPanicked or EndLearned.PlacedAnew;
        return IsOn(serverId) && (Phase == MeetingPhase.Live || (serverLost && Phase == MeetingPhase.Placing))
            ? Decision.Of(new MeetingEnded(Instance, serverId, how, endedAt, curve.Peak, curve.Mean, curve.Points, at))
            : Decision.Nothing;
    }

    /// <summary>Its node calls because it ended. Once for a run; nothing where it is on another server now.</summary>
    public Decision HearEnd(string serverId, bool recordingMarks, DateTimeOffset at) =>
        EndRelayed && IsOn(serverId) && Phase != MeetingPhase.Failed && EndCalled is null
            ? Decision.Of(new MeetingEndCalled(Instance, serverId, recordingMarks, at))
            : Decision.Nothing;

    /// <summary>Its client hears of the end now, if it wants to. Once for a run; nothing while it goes on.</summary>
    /// <param name="told">The client named who is to be told.</param>
    public Decision TellEnd(bool told, DateTimeOffset at) => EndRelayed && Phase == MeetingPhase.Ended && !EndTold
        ? Decision.Of(new MeetingEndTold(Instance, EndCalled is not null, told, at))
        : Decision.Nothing;

    /// <summary>Its server is lost to it: it goes to another, the copy left behind is watched.</summary>
    public Decision Move(string toServerId, PlacementReason why, DateTimeOffset deadline, DateTimeOffset at) =>
        Phase == MeetingPhase.Live && !IsOn(toServerId)
            ? Decision.Of(new MeetingMoved(Instance, ServerId, InternalMeetingId, toServerId, null, null, Back: false, why, deadline, at))
            : Decision.Refuse($"Meeting {Instance} is {Phase} on {ServerId}: it cannot move to {toServerId}");

    /// <summary>It returns to a copy that it left; nothing where that copy is not watched any more.</summary>
    public Decision MoveBack(string toServerId, string internalMeetingId, long createTime, DateTimeOffset at) =>
        Phase is MeetingPhase.Live or MeetingPhase.Placing && Copies.ContainsKey(toServerId)
            ? Decision.Of(new MeetingMoved(Instance, ServerId, InternalMeetingId, toServerId, internalMeetingId, createTime, Back: true, null, at, at))
            : Decision.Nothing;

    /// <summary>A watched copy is gone.</summary>
    /// <param name="how">For a person: <c>ended when empty</c>, <c>not on its node</c>.</param>
    public Decision CopyGone(string serverId, string how, DateTimeOffset at) =>
        Copies.ContainsKey(serverId) ? Decision.Of(new MeetingCopyGone(Instance, serverId, how, at)) : Decision.Nothing;

    private static ImmutableDictionary<string, string> NoMetadata { get; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    private static ImmutableDictionary<string, string?> NoCopies { get; } = ImmutableDictionary.Create<string, string?>(StringComparer.Ordinal);

    private bool IsOn(string serverId) => ServerId == serverId;
}
