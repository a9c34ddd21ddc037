using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Meetings;

/// <summary>What operators do with meetings.</summary>
public sealed class MeetingOperations(IDocumentStore store, NpgsqlDataSource database, NodeEnds ends, TimeProvider time)
{
    private const int Tries = 8;

    /// <summary>Asks the meeting's node to end it, and writes that it is over where the node says so.</summary>
    /// <returns>What the node said.</returns>
    public async Task<NodeEnd> EndAsync(MeetingLocation meeting, ChangedBy by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        await using (var session = store.LightweightSession())
        {
            if (await session.Events.FetchStreamStateAsync(Streams.Meeting(meeting.Instance), cancellation) is { } state) by.Expect(state.Version);
        }

        var end = await ends.EndAsync(meeting.Server.Id, meeting.Server.Url, meeting.Instance, meeting.MeetingId, cancellation);
        if (end.IsOver) await EndedAsync(meeting, end.Ended ? EndLearned.EndCall : EndLearned.NotFound, by, cancellation);
        return end;
    }

    /// <summary>As the message <see cref="EndMeeting"/> is handled, but that the event says who wanted it.</summary>
    private async Task EndedAsync(MeetingLocation meeting, EndLearned how, ChangedBy by, CancellationToken cancellation)
    {
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                await using var session = store.LightweightSession();
                session.SignedBy(by, "meetings end");
                await MeetingHandler.Handle(
                    new EndMeeting(meeting.Instance, meeting.Server.Id, how, time.GetUtcNow()), session, database, time, cancellation);
                await session.SaveChangesAsync(cancellation);
                return;
            }
            catch (EventStreamUnexpectedMaxEventIdException) when (left > 0)
            {
                // A poll or a move was first: decide anew.
            }
        }
    }
}
