using Npgsql;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Copies;

/// <summary>
/// Ends copies that our own events left on servers: the one place that sends an <c>end</c> which nobody asked for. Only what
/// <c>meeting_copy</c> names still, on a server where the id has no meeting of ours, and only after a fresh look at who is in it.
/// </summary>
public static class CopyHandler
{
    private const string WatchedSql =
        """
        select c.reason from meeting_copy c
        where c.instance = $1 and c.server_id = $2
          and not exists (select from meeting_location m where m.server_id = c.server_id and m.meeting_id = c.meeting_id)
        """;

    /// <summary>Looks at the copy and ends it where nobody is in it; what came of it goes out as a message. A call that fails is left to the next poll.</summary>
    public static async Task<OutgoingMessages> Handle(
        EndCopy end,
        NpgsqlDataSource database,
        ServerPool pool,
        NodeSecrets secrets,
        SecretVault vault,
        NodeApi nodes,
        Settings settings,
        CancellationToken cancellation)
    {
        if (await WatchedAsync(database, end, cancellation) is not { } reason) return [];
        if (await pool.FindAsync(end.ServerId, cancellation) is not { } server) return [];
        if (await secrets.FindAsync(server, cancellation) is not { } address) return [];

        var timeouts = new NodeTimeouts(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);
        var look = await nodes.GetMeetingInfoAsync(address, end.MeetingId, timeouts, cancellation);
        if (look is not NodeReply.Answered { Answer: { IsAnswer: true, IsChecksumError: false } info }) return [];
        if (info.IsMeetingNotFound || (info.InternalMeetingId is { } other && other != end.InternalMeetingId)) return Gone(end, "not found");

        var withPeople = settings.Placement.EndsMovedCopies && reason is CopyReason.Moved or CopyReason.MovedBack;
        if (info["participantCount"] != "0" && !withPeople) return [];

        var passwords = await vault.OpenAsync(end.Instance.ToString(), StartedMeetings.PasswordKind, cancellation);
        var password = passwords.Count == 0 ? info.ModeratorPassword : passwords[0].Value;
        var ended = await nodes.EndAsync(address, end.MeetingId, password, timeouts, cancellation);
        return ended is NodeReply.Answered { Answer: var answer } && (answer.Kind == NodeAnswerKind.Success || answer.IsMeetingNotFound)
            ? Gone(end, "ended")
            : [];
    }

    /// <summary>The copy is watched no more.</summary>
    public static Task Handle(RecordCopyGone gone, IDocumentSession session, TimeProvider time, CancellationToken cancellation) =>
        session.DecideAsync<Meeting>(
            Streams.Meeting(gone.Instance), meeting => meeting.CopyGone(gone.ServerId, gone.How, time.GetUtcNow()), cancellation);

    private static OutgoingMessages Gone(EndCopy end, string how) => [new RecordCopyGone(end.Instance, end.ServerId, how)];

    private static async Task<CopyReason?> WatchedAsync(NpgsqlDataSource database, EndCopy end, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(WatchedSql);
        command.Parameters.AddWithValue(end.Instance);
        command.Parameters.AddWithValue(end.ServerId);
        return await command.ExecuteScalarAsync(cancellation) is string reason ? Enum.Parse<CopyReason>(reason) : null;
    }
}
