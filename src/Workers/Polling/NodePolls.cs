using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.ServerHealth;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Polling;

/// <summary>
/// Polls servers: one <c>getMeetings</c> a round, as many at once in this process as POLLER_THREADS allows.
/// </summary>
/// <remarks>
/// A poll fails where the node is not reached, does not answer in time, answers with something else than SUCCESS and its meetings
/// (an empty answer, a page, wrong or broken XML, FAILED), or does not accept our secret. Where the resolver does not answer, the
/// round is written as failed and the server gets no new meetings, but it does not count towards offline: a resolver's trouble is not
/// a dead server. Its first good poll makes it whole again.
/// </remarks>
public sealed partial class NodePolls(
    PollLedger ledger, NodeSecrets secrets, ProbeMeetings probes, NodeApi nodes, Settings settings, TimeProvider time, ILogger<NodePolls> log) : IDisposable
{
    private readonly SemaphoreSlim _inFlight = new(settings.Polling.InFlight);
    private readonly ConcurrentDictionary<PollServer, byte> _underWay = new();

    private readonly PollSettings _judging = new(
        settings.Polling.Interval,
        settings.Polling.HealthyThreshold,
        settings.Polling.UnhealthyThreshold,
        settings.Multitenancy.Enabled,
        settings.Placement.EndsMovedCopies,
        settings.Placement.MinimumUsers,
        settings.Placement.JoinBuffer);

    /// <inheritdoc/>
    public void Dispose() => _inFlight.Dispose();

    /// <summary>Polls a server; null where the server is gone, the round has passed, or this process is at it already.</summary>
    public async Task<PollResult?> PollAsync(PollServer poll, CancellationToken cancellation)
    {
        if (!_underWay.TryAdd(poll, 0)) return null;
        try
        {
            await _inFlight.WaitAsync(cancellation);
            try
            {
                return await ledger.ReadAsync(poll.ServerId, cancellation) is { } page && page.Round < poll.Round
                    ? await PollAsync(page, cancellation)
                    : null;
            }
            finally
            {
                _inFlight.Release();
            }
        }
        finally
        {
            _underWay.TryRemove(poll, out _);
        }
    }

    private async Task<PollResult> PollAsync(PollPage page, CancellationToken cancellation)
    {
        var round = page.Round + 1;
        var began = time.GetUtcNow();
        var answer = await nodes.AskAsync(page, secrets, probes, settings, cancellation);
        var timing = new PollTiming(round, began, time.GetUtcNow());
        if (answer.Meetings is not { } found)
        {
            var failed = PollDecision.Failed(page.Polls, timing, answer.Trouble, _judging, answer.IsOurs);
            if (failed.Event.Failures <= settings.Polling.UnhealthyThreshold) Log.Failed(log, page.Server.Id, failed.Event.Failures, answer.Trouble);
            var result = Result(page, timing, failed.Event, failed.Event.NextPollAt, failed.Consequences);
            return answer.IsOurs && page.Server.Health == Health.Online
                ? result with { Consequences = [new SuspectServer(page.Server.Id, answer.Trouble)] }
                : result;
        }

        var knowledge = await ledger.ReadAsync(page, found, cancellation);
        var polled = PollDecision.Succeeded(page.Polls, timing, found, knowledge, _judging);
        foreach (var copy in polled.Consequences.OfType<PollConsequence.SecondCopySeen>())
            Log.SecondCopy(log, copy.Meeting.InternalMeetingId, copy.ServerId, copy.Instance, copy.LocatedOn);
        var seen = Result(page, timing, polled.Event, polled.Event.NextPollAt, polled.Consequences);
        return AsksVersion(page, polled.Event) ? seen with { Consequences = [.. seen.Consequences, new AskServerVersion(page.Server.Id)] } : seen;
    }

    private static PollResult Result(
        PollPage page, PollTiming timing, object @event, DateTimeOffset next, IReadOnlyList<PollConsequence> consequences) => new(
        timing.Round,
        Streams.Polls(page.Server.Id, timing.BeganAt),
        @event,
        [.. consequences.Select(c => c.ToMessage(missedAt: page.PolledAt ?? timing.BeganAt)).OfType<object>()],
        next);

    /// <summary>With its first good polls while it is unknown, then with the first of every hour.</summary>
    private static bool AsksVersion(PollPage page, ServerPolled polled) =>
        (page.Version is null && polled.Successes <= 3)
        || (page.PolledAt is { } before && before.UtcDateTime.Hour != polled.BeganAt.UtcDateTime.Hour);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Poll of {Server} failed, {Failures} in a row: {Reason}")]
        public static partial void Failed(ILogger log, string server, int failures, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "{InternalMeetingId} on {Server} is a second copy of {Instance}, which is on {LocatedOn}: left alone")]
        public static partial void SecondCopy(ILogger log, string internalMeetingId, string server, Guid instance, string locatedOn);
    }
}
