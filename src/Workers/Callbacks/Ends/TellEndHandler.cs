using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;

namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>Tells clients that their meetings ended, and looks at nodes that do not call when meetings end.</summary>
public static partial class TellEndHandler
{
    /// <summary>
    /// Meetings that ended on a server, while it was up, without a call from it, since it last called or was enabled. Those whose end is of one
    /// moment count once: that is how meetings end that a node loses when it crashes, and then it cannot call.
    /// </summary>
    internal const string UncalledSql =
        """
        select count(distinct i.ended_at)
        from server s join meeting_instance i on i.server_id = s.id
        where s.id = $1 and i.end_relayed and i.ended_at > s.end_relay_since and i.end_called_at is null
          and i.how in ('EndCall', 'NotFound', 'Polls') and not exists (select from meeting_end e where e.instance = i.instance)
          and i.ended_at > coalesce((
            select c.ended_at from meeting_instance c
            where c.server_id = $1 and c.end_relayed and c.ended_at is not null and c.end_called_at is not null
            order by c.ended_at desc limit 1), '-infinity')
        """;

    private const int UncalledEnds = 2;

    /// <summary>How long a node that is well needs to call at the longest; then its client is told without it.</summary>
    internal static TimeSpan Grace { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Gives the client's call to the outbox, once for a run; without recording marks where the node did not say that there are some.</summary>
    public static async Task<OutgoingMessages> Handle(
        TellEnd tell, CallbackRegister register, SecretVault vault, IDocumentSession session, TimeProvider time, ILogger<UntoldEnds> log, CancellationToken cancellation)
    {
        var stream = Streams.Meeting(tell.Instance);
        var placed = (await session.Events.FetchStreamAsync(stream, token: cancellation)).Select(e => e.Data).OfType<MeetingPlaced>().LastOrDefault();
        if (placed is null) return [];
        var url = await UrlAsync(placed, vault, cancellation);
        Meeting? over = null;
        var decision = await session.DecideAsync<Meeting>(
            stream,
            meeting =>
            {
                over = meeting;
                return meeting.TellEnd(told: url is not null, time.GetUtcNow());
            },
            cancellation);
        if (decision.Events.Count == 0 || over is null) return [];

        OutgoingMessages messages = [];
        if (url is not null)
        {
            var owed = new OwedCallback(
                CallbackId.Of("meeting-ended", tell.Instance, ""), CallbackKind.MeetingEnded, EndCallbackUrl.ForClient(url, over.EndCalled ?? false, placed.MeetingId))
            {
                TenantId = placed.TenantId,
                Instance = placed.Instance,
                MeetingId = placed.MeetingId,
            };
            if (await register.AddAsync(session, owed, cancellation) is { } due) messages.Add(due);
        }

        if (over.EndCalled is null && over.How is EndLearned.EndCall or EndLearned.NotFound or EndLearned.Polls)
        {
            Log.NotCalled(log, over.ServerId, over.Instance);
            messages.Add(new JudgeEndCallbacks(over.ServerId));
        }

        return messages;
    }

    /// <summary>A node whose meetings end again and again without a call from it gets its clients' URLs from now on.</summary>
    public static async Task Handle(
        JudgeEndCallbacks judge, IDocumentSession session, NpgsqlDataSource database, TimeProvider time, ILogger<UntoldEnds> log, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(UncalledSql);
        command.Parameters.AddWithValue(judge.ServerId);
        if (await command.ExecuteScalarAsync(cancellation) is not long uncalled || uncalled < UncalledEnds) return;

        var decision = await session.DecideAsync<Server>(Streams.Server(judge.ServerId), server => server.PassEndCallbacks(time.GetUtcNow()), cancellation);
        if (decision.Events.Count > 0) Log.Passed(log, judge.ServerId);
    }

    private static async Task<string?> UrlAsync(MeetingPlaced placed, SecretVault vault, CancellationToken cancellation) =>
        placed.Callbacks?.GetValueOrDefault(CallbackMetadata.MeetingEnded) is { } fingerprint
            ? (await vault.OpenAsync(placed.Instance.ToString(), RunCallbacks.Kind(CallbackMetadata.MeetingEnded), cancellation))
                .FirstOrDefault(url => url.Fingerprint == fingerprint)?.Value
            : null;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} did not call when meeting {Instance} ended")]
        public static partial void NotCalled(ILogger logger, string server, Guid instance);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Meetings on {Server} end without a call from it: it does not reach PUBLIC_URL. Its meetings get their clients' own end callback URLs from now on, until the server is enabled anew")]
        public static partial void Passed(ILogger logger, string server);
    }
}
