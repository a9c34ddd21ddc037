using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Polling;

/// <summary>The one call of a poll.</summary>
internal static class PollCall
{
    /// <summary>An offline server is asked with the full deadlines every so many rounds: else one that has become slow never returns.</summary>
    private const int FullDeadlinesEvery = 5;

    /// <summary>Asks a server which meetings it has.</summary>
    public static async Task<PollAnswer> AskAsync(
        this NodeApi nodes, PollPage page, NodeSecrets secrets, ProbeMeetings probes, Settings settings, CancellationToken cancellation)
    {
        if (await secrets.FindAsync(page.Server, cancellation) is not { } address) return new PollAnswer(null, "its secret is not in the vault", false);

        var reply = await nodes.GetMeetingsAsync(address, Timeouts(page, settings), cancellation);
        if (reply.Meetings is { } listed)
            return new PollAnswer([.. listed.Meetings.Where(m => m.InternalMeetingId.Length > 0 && !probes.IsProbe(m)).Select(Found)], "", false);
        return new PollAnswer(null, reply.Failure ?? "no answer", reply.Reply is NodeReply.NotTaken { Kind: NotTakenKind.Resolver or NotTakenKind.Busy });
    }

    private static NodeTimeouts Timeouts(PollPage page, Settings settings)
    {
        var shortened = page.Server.Health == Health.Offline
            && page.Polls.Failures >= settings.Polling.UnhealthyThreshold
            && page.Round % FullDeadlinesEvery != 0;
        var (connect, response) = shortened
            ? (settings.Nodes.ShortConnectTimeout, settings.Nodes.ShortResponseTimeout)
            : (settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);
        return new NodeTimeouts(connect, response, connect + (3 * response));
    }

    private static FoundMeeting Found(NodeMeeting meeting) => new(
        meeting.MeetingId,
        meeting.InternalMeetingId,
        meeting.CreateTime,
        meeting.Name,
        string.IsNullOrEmpty(meeting.VoiceBridge) ? null : meeting.VoiceBridge,
        meeting.Users,
        meeting.Moderators,
        meeting.Voice,
        meeting.Videos,
        meeting.Recording,
        meeting.IsBreakout,
        meeting.ParentMeetingId,
        meeting.Metadata,
        meeting.IsEnding);
}

/// <summary>What a poll's call came to.</summary>
/// <param name="Meetings">Null where the node did not say which meetings it has.</param>
/// <param name="Trouble">Why not, for a person.</param>
/// <param name="IsOurs">The trouble lies here and says nothing of the node.</param>
internal sealed record PollAnswer(IReadOnlyList<FoundMeeting>? Meetings, string Trouble, bool IsOurs);
