using Scalelite.Api.CommandLine.Meetings;
using Scalelite.EventLog;

namespace Scalelite.Api.AdminV1;

/// <summary>The events of a stream, a part at a time.</summary>
internal static class EventPages
{
    /// <summary>The parameters of such a list.</summary>
    public static IReadOnlyList<QueryParameter> Query { get; } =
        [QueryParameter.Limit, new("after", "Only events after this version", QueryKind.Number)];

    /// <summary>The events after a version; 404 where there never was such a stream.</summary>
    /// <param name="what"><c>server</c>.</param>
    public static async Task<ApiAnswer> AnswerAsync(ApiCall call, string stream, string what)
    {
        if (await call.VersionAsync(stream) is not { } version) return ApiAnswer.Unknown(what, call.Route("id"));
        var after = call.Query("after") is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var events = await ReadAsync(call, stream, after, call.Limit);
        return ApiAnswer.Ok(new EventPage(events, events.Count > 0 && events[^1].Version < version ? events[^1].Version : null));
    }

    /// <summary>Events of a stream in order of version.</summary>
    public static async Task<IReadOnlyList<HistoryEvent>> ReadAsync(ApiCall call, string stream, long after = 0, int most = int.MaxValue)
    {
        var events = new List<HistoryEvent>();
        await foreach (var row in call.Get<EventLogReader>().ReadStreamAsync(stream, after, call.Cancellation))
        {
            events.Add(HistoryEvent.From(row));
            if (events.Count == most) break;
        }

        return events;
    }
}

/// <summary>Events of one stream.</summary>
/// <param name="NextAfter">What <c>after</c> must be for the next ones; null after the last.</param>
internal sealed record EventPage(IReadOnlyList<HistoryEvent> Items, long? NextAfter);
