using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;

namespace Scalelite.Workers.Meetings;

/// <summary>Ends, starts and abandoned placements of meetings, as they are learned.</summary>
public static class MeetingHandler
{
    /// <summary>The run is over; its size comes from the polls that saw it. A second end of the same run changes nothing.</summary>
    public static async Task Handle(
        EndMeeting end, IDocumentSession session, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellation)
    {
        var curve = await MeetingCurves.ReadAsync(database, end.Instance, end.ServerId, cancellation);
        await session.DecideAsync<Meeting>(
            Streams.Meeting(end.Instance), meeting => meeting.End(end.ServerId, end.How, end.EndedAt, curve, time.GetUtcNow()), cancellation);
    }

    /// <summary>The reservation is released; a copy that still shows up there is watched.</summary>
    public static Task Handle(AbandonPlacement abandon, IDocumentSession session, TimeProvider time, CancellationToken cancellation) =>
        session.DecideAsync<Meeting>(
            Streams.Meeting(abandon.Instance),
            meeting => meeting.FailPlacement(
                abandon.ServerId, PlacementFailure.Abandoned, "two polls after its deadline did not see it", elapsedMs: 0, time.GetUtcNow()),
            cancellation);

    /// <summary>The meeting is live: its node has it, though no answer to its create came through.</summary>
    public static Task Handle(SeeMeetingStarted seen, IDocumentSession session, TimeProvider time, CancellationToken cancellation) =>
        session.DecideAsync<Meeting>(
            Streams.Meeting(seen.Instance),
            meeting => meeting.Start(
                seen.ServerId,
                seen.InternalMeetingId,
                seen.CreateTime,
                seen.VoiceBridge,
                existing: true,
                moderatorPasswordFingerprint: null,
                elapsedMs: 0,
                time.GetUtcNow()),
            cancellation);
}
