using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>A node's call at the end is a hint: it is kept for the client, and the run is over once the node confirms it.</summary>
public static class EndHandler
{
    /// <summary>A node may call a moment before it forgets the meeting. What it does not confirm by then is left to the polls.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    /// <summary>Keeps what the node said, and has it asked unless the end is known.</summary>
    public static async Task<OutgoingMessages> Handle(HearEnd heard, IDocumentSession session, CancellationToken cancellation)
    {
        var over = false;
        await session.DecideAsync<Meeting>(
            Streams.Meeting(heard.Instance),
            meeting =>
            {
                over = meeting.Phase == MeetingPhase.Ended;
                return meeting.HearEnd(heard.ServerId, heard.RecordingMarks, heard.At);
            },
            cancellation);
        return over ? [] : [new ConfirmEnd(heard.Instance, heard.ServerId, heard.At, Tries: 0)];
    }

    /// <summary>Asks the node. It confirms the end by not knowing the meeting, or by having begun it anew.</summary>
    public static async Task<OutgoingMessages> Handle(
        ConfirmEnd confirm, MeetingRuns runs, ServerPool pool, NodeSecrets secrets, NodeApi nodes, Settings settings, TimeProvider time, CancellationToken cancellation)
    {
        if (await runs.FindAsync(confirm.Instance, cancellation) is not { State: "placing" or "live" } run || run.ServerId != confirm.ServerId) return [];
        if (await pool.FindAsync(confirm.ServerId, cancellation) is not { } server) return [];
        if (await secrets.FindAsync(server, cancellation) is not { } address) return [];

        if (run is { State: "live", InternalMeetingId: { } known })
        {
            var timeouts = new NodeTimeouts(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);
            var reply = await nodes.GetMeetingInfoAsync(address, run.MeetingId, timeouts, cancellation);
            if (reply is NodeReply.Answered { Failure: null, Answer: var info } && (info.IsMeetingNotFound || (info.InternalMeetingId is { } other && other != known)))
                return [new EndMeeting(confirm.Instance, confirm.ServerId, EndLearned.Callback, confirm.CalledAt)];
        }

        if (confirm.Tries >= Pauses.Length) return [];
        OutgoingMessages messages = [];
        messages.Schedule(confirm with { Tries = confirm.Tries + 1 }, time.GetUtcNow() + Pauses[confirm.Tries]);
        return messages;
    }
}
