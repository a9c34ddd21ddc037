namespace Scalelite.Workers.Polling;

/// <summary>One round of one server: polls, appends to the server's own poll stream, sends what follows, schedules the next round.</summary>
public static class PollHandler
{
    /// <summary>Brings the next round forward; the message that is scheduled for it finds it passed.</summary>
    public static async Task<OutgoingMessages> Handle(PollServerSoon soon, PollLedger ledger, CancellationToken cancellation) =>
        await ledger.ReadAsync(soon.ServerId, cancellation) is { } page ? [new PollServer(soon.ServerId, page.Round + 1)] : [];

    /// <summary>
    /// A round whose result another process was quicker to write is refused by the key of <c>poll_round</c>; the bus tries again,
    /// finds the round passed, and the message is done.
    /// </summary>
    public static async Task<OutgoingMessages> Handle(PollServer poll, NodePolls polls, IDocumentSession session, CancellationToken cancellation)
    {
        if (await polls.PollAsync(poll, cancellation) is not { } result) return [];

        session.Events.Append(result.Stream, result.Event);
        OutgoingMessages messages = [.. result.Consequences];
        messages.Schedule(new PollServer(poll.ServerId, result.Round + 1), result.NextPollAt);
        return messages;
    }
}
