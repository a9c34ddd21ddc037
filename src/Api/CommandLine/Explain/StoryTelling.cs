using System.Globalization;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>Events as steps of a story, in words for a person.</summary>
/// <param name="nameOf">A server's host by its id; the id itself where it left the pool.</param>
internal sealed class StoryTelling(Func<string, string> nameOf)
{
    /// <summary>What an event of the meeting's own stream tells.</summary>
    public StoryStep Tell(IEvent @event)
    {
        var actor = Header(@event, "actor");
        var (at, text, server, elapsed, choice) = @event.Data switch
        {
            MeetingPlaced e => (e.At, Placed(e), e.ServerId, (int?)null, StoryChoice.Of(e.Why, nameOf)),
            MeetingStarted e => (e.At, Started(e, actor), e.ServerId, actor == "worker" ? null : e.ElapsedMs, null),
            PlacementFailed e => (e.At, Failed(e), e.ServerId, e.Failure == PlacementFailure.Abandoned ? null : e.ElapsedMs, null),
            MeetingAdopted e => (e.At, Adopted(e), e.ServerId, null, null),
            MeetingMoved e => (e.At, Moved(e), e.ToServerId, null, e.Why is { } why ? StoryChoice.Of(why, nameOf) : null),
            MeetingCopyGone e => (e.At, $"the copy on {nameOf(e.ServerId)} is gone: {e.How}", e.ServerId, null, null),
            MeetingEndCalled e => (e.At, $"{nameOf(e.ServerId)} called us: the meeting has ended, {(e.RecordingMarks ? "with" : "without")} recording marks", e.ServerId, null, null),
            MeetingEnded e => (e.At, Ended(e), e.ServerId, null, null),
            MeetingEndTold e => (e.At, e.Told ? "that it has ended is on its way to the client" : "the client named nobody to be told of the end", null, null, null),
            var other => (@event.Timestamp, other.GetType().Name, (string?)null, (int?)null, (StoryChoice?)null),
        };
        return Step(@event, at, text, server, elapsed, choice, actor);
    }

    /// <summary>What an event of the server tells that has the meeting; null for what does not matter to those inside.</summary>
    public StoryStep? TellServer(IEvent @event)
    {
        var (at, serverId, text) = @event.Data switch
        {
            ServerSuspected e => (e.At, e.ServerId, $"is suspect: {e.Reason}"),
            ServerWentOffline e => (e.At, e.ServerId, $"is offline: {e.Reason}"),
            ServerCameOnline e => (e.At, e.ServerId, "is online"),
            ServerCordoned e => (e.At, e.ServerId, "is cordoned: it takes no new meetings"),
            ServerDrained e => (e.At, e.ServerId, "is drained, and disabled"),
            ServerDisabled e => (e.At, e.ServerId, "is disabled: nobody joins its meetings any more"),
            ServerEnabled e => (e.At, e.ServerId, "is enabled"),
            ServerPanicked e => (e.At, e.ServerId, $"is panicked: its {e.Meetings} meetings are given up"),
            ServerRemoved e => (e.At, e.ServerId, "left the pool"),
            SecretRotated e => (e.At, e.ServerId, "has another secret"),
            _ => (default, (string?)null, ""),
        };
        return serverId is null ? null : Step(@event, at, $"{nameOf(serverId)} {text}", serverId, null, null, Header(@event, "actor"));
    }

    private static StoryStep Step(IEvent @event, DateTimeOffset at, string text, string? serverId, int? elapsed, StoryChoice? choice, string? actor) => new(
        at, @event.Sequence, @event.EventTypeName, text, serverId, elapsed, choice, actor, Header(@event, "reason"), @event.CorrelationId, @event.CausationId);

    private static string? Header(IEvent @event, string name) => @event.Headers?.GetValueOrDefault(name) as string;

    private string Placed(MeetingPlaced e) => e.Why.Policy == "held"
        ? $"on {nameOf(e.ServerId)}: {e.Why.Rule}"
        : $"{(e.Why.Attempt == 1 ? "placed on" : string.Create(CultureInfo.InvariantCulture, $"attempt {e.Why.Attempt}: placed on"))} {nameOf(e.ServerId)}: {e.Why.Rule}";

    private string Started(MeetingStarted e, string? actor) => actor == "worker"
        ? $"a poll saw it on {nameOf(e.ServerId)} as {e.InternalMeetingId}: no answer to its create had come through"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{nameOf(e.ServerId)} answered after {e.ElapsedMs} ms: it has the meeting as {e.InternalMeetingId}{(e.Existing ? ", and had it before" : "")}");

    private string Failed(PlacementFailed e)
    {
        var (server, after) = (nameOf(e.ServerId), string.Create(CultureInfo.InvariantCulture, $"after {e.ElapsedMs} ms"));
        return e.Failure switch
        {
            PlacementFailure.NotTaken => $"{server} did not take it, {after}: {e.Reason}",
            PlacementFailure.Uncertain => $"{server} gave no answer, {after}: {e.Reason}. It may have the meeting: a copy without users is ended there",
            PlacementFailure.Refused => $"{server} refused it, {after}: {e.Reason}. The caller got that answer",
            _ => $"the placing on {server} was given up: {e.Reason}",
        };
    }

    private string Adopted(MeetingAdopted e) =>
        $"found on {nameOf(e.ServerId)} as {e.InternalMeetingId} and taken over: it was not placed by us"
        + (e.IsBreakout ? $"; it is a breakout of {e.ParentMeetingId ?? "a meeting that its node does not name"}" : "");

    private string Moved(MeetingMoved e) => e.Back
        ? $"moved back from {nameOf(e.FromServerId)} to {nameOf(e.ToServerId)}, where people are still in its copy {e.InternalMeetingId}"
        : $"moved from {nameOf(e.FromServerId)}, which is lost to it, to {nameOf(e.ToServerId)}: {e.Why?.Rule}; "
            + (e.LeftInternalMeetingId is { } left ? $"its copy {left} is watched" : "a copy left there is watched");

    private string Ended(MeetingEnded e)
    {
        var learned = e.How switch
        {
            EndLearned.EndCall => $"an end call, which {nameOf(e.ServerId)} confirmed",
            EndLearned.NotFound => $"{nameOf(e.ServerId)} answered notFound",
            EndLearned.Polls => $"two polls in a row of {nameOf(e.ServerId)} were without it",
            EndLearned.Callback => $"{nameOf(e.ServerId)} called us, and confirmed it",
            EndLearned.Replaced => $"{nameOf(e.ServerId)} had lost it, and answered a create with another internalMeetingID",
            EndLearned.ServerRemoved => $"{nameOf(e.ServerId)} was removed from the pool",
            EndLearned.ServerPanicked => $"{nameOf(e.ServerId)} was panicked",
            _ => $"{nameOf(e.ServerId)} was disabled, and the meeting was placed anew",
        };
        return $"ended at {StoryText.Time(e.EndedAt)}: {learned}";
    }
}
