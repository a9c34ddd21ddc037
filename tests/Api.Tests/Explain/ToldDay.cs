using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Polling;

namespace Scalelite.Api.Tests.Explain;

/// <summary>Events of a day of last year, told in any order and appended in that of their times, through the store and its projections.</summary>
internal sealed class ToldDay
{
    private readonly List<(DateTimeOffset At, string Actor, string? Reason, string Stream, object Event)> _told = [];

    /// <summary>Adds events, each at the time that it says itself.</summary>
    public void Tell(string actor, string stream, params object[] events)
    {
        foreach (var @event in events) _told.Add((TimeOf(@event), actor, null, stream, @event));
    }

    /// <summary>Adds what a person did, and why.</summary>
    public void TellWhy(string actor, string reason, string stream, object @event) => _told.Add((TimeOf(@event), actor, reason, stream, @event));

    /// <summary>Appends them to the log of these commands' database.</summary>
    public async Task AppendAsync(Commands commands)
    {
        await using (var host = await commands.HostAsync())
        {
            foreach (var (_, actor, reason, stream, @event) in _told.OrderBy(told => told.At))
            {
                await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
                session.SetHeader("actor", actor);
                if (reason is not null) session.SetHeader("reason", reason);
                if (actor == "bbb-api") session.CorrelationId = RichMeeting.Request;
                if (actor == "worker") session.CausationId = "message-7";
                session.Events.Append(stream, @event);
                await session.SaveChangesAsync();
            }
        }

        // The store stamps what is appended now; this was written then.
        await commands.Database.ExecuteAsync("update mt_events set timestamp = coalesce(data->>'At', data->>'To', data->>'BeganAt')::timestamptz");
    }

    private static DateTimeOffset TimeOf(object @event) => @event switch
    {
        JoinsRouted e => e.To,
        ServerPolled e => e.BeganAt,
        ServerPollFailed e => e.BeganAt,
        _ => (DateTimeOffset)@event.GetType().GetProperty("At")!.GetValue(@event)!,
    };
}
