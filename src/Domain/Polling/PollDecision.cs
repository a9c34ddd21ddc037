using Scalelite.Domain.Servers;
using static Scalelite.Domain.Polling.PollConsequence;

namespace Scalelite.Domain.Polling;

/// <summary>What a poll of a server means: its event, and what follows for the server and its meetings.</summary>
public static class PollDecision
{
    /// <summary>The node answered with these meetings.</summary>
    public static PollOutcome<ServerPolled> Succeeded(
        PolledServer server, PollTiming timing, IReadOnlyList<FoundMeeting> answer, PollKnowledge knowledge, PollSettings settings)
    {
        var reading = new AnswerReading(server, timing, answer, knowledge, settings);
        var consequences = reading.Consequences();
        var successes = server.Successes + 1;
        if (server.Health != Health.Online && successes >= settings.HealthyThreshold)
            consequences.Add(new BringOnline(server.ServerId));
        if (server.State == AdministrativeState.Cordoned && reading.Meetings.Count == 0 && !reading.HasLocations)
            consequences.Add(new DrainServer(server.ServerId));

        var polled = new ServerPolled(
            server.ServerId,
            timing.Round,
            timing.BeganAt,
            timing.ElapsedMs,
            successes,
            reading.Meetings,
            reading.Missing,
            PollSchedule.Next(server.ServerId, settings.Interval, timing.BeganAt, timing.EndedAt),
            reading.Load());
        return new(polled, consequences);
    }

    /// <summary>The node did not answer as it should.</summary>
    /// <param name="reason">For a person; never a URL with a checksum.</param>
    /// <param name="ours">The fault lies here and says nothing of the node (the resolver does not answer): it does not count.</param>
    public static PollOutcome<ServerPollFailed> Failed(
        PolledServer server, PollTiming timing, string reason, PollSettings settings, bool ours = false)
    {
        var failures = ours ? server.Failures : server.Failures + 1;
        List<PollConsequence> consequences = [];
        if (!ours && server.Health != Health.Offline && failures >= settings.UnhealthyThreshold)
            consequences.Add(new TakeOffline(server.ServerId, reason));
        else if (!ours && server.Health == Health.Online)
            consequences.Add(new SuspectServer(server.ServerId, reason));

        var failed = new ServerPollFailed(
            server.ServerId,
            timing.Round,
            timing.BeganAt,
            timing.ElapsedMs,
            failures,
            reason,
            PollSchedule.Next(server.ServerId, settings.Interval, timing.BeganAt, timing.EndedAt));
        return new(failed, consequences);
    }
}
