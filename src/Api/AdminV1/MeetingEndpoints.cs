using Npgsql;
using Scalelite.Api.CommandLine.Explain;
using Scalelite.Api.CommandLine.History;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.Meetings;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.History;
using Scalelite.Workers.Meetings;

namespace Scalelite.Api.AdminV1;

/// <summary>Meetings: where each is, why there, and what happened to it.</summary>
internal static class MeetingEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/meetings", "listMeetings", "Meetings that are live or being placed, the oldest first", AdminRole.Viewer, ListAsync)
        {
            Query =
            [
                new("tenant", "Only those of this tenant, by id; empty: of none"),
                new("server", "Only those on this server"),
                new("meeting_id", "Only those with this meetingID, of whichever tenant"),
                new("state", "Only those in this state", QueryKind.Text, "placing", "live"),
                QueryParameter.At,
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(PastPage<MeetingRow>),
        },
        new("GET", "/meeting-runs", "listMeetingRuns", "The runs of one meetingID, over or not, the latest first", AdminRole.Viewer, ListRunsAsync)
        {
            Query =
            [
                new("meeting_id", "The meetingID; it must be given"),
                new("tenant", "Of this tenant, by id; without it: of none"),
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(Page<MeetingRunRow>),
        },
        new(
            "GET", "/meetings/{id}", "getMeeting",
            "One run of a meeting, by its instance or internalMeetingID: where it is, why there, and all that happened to it",
            AdminRole.Viewer, ShowAsync)
        {
            Result = typeof(MeetingDocument),
        },
        new(
            "GET", "/meetings/{id}/history", "getMeetingHistory",
            "The story of a run of a meeting, by its instance, internalMeetingID, or the latest of a meetingID: who asked for it, every candidate, what happened, what came of it",
            AdminRole.Viewer, ExplainAsync)
        {
            Query = [new("tenant", "Only of this tenant, by id; without it: of any")],
            Result = typeof(MeetingStory),
        },
        new("POST", "/meetings/{id}/end", "endMeeting", "Ask the meeting's node to end it; it is over when the node says so", AdminRole.Operator, EndAsync)
        {
            Body = typeof(NoFields), Result = typeof(MeetingDocument), NeedsVersion = true, Problems = [ProblemKind.Refused, ProblemKind.Node],
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryCursor(out var cursor)) return ApiCall.WrongCursor;
        var filter = new MeetingFilter(call.Query("tenant"), call.Query("server"), call.Query("meeting_id"), call.Query("state"));
        if (await call.PastAsync() is { } past) return await ListPastAsync(call, past, filter, cursor);
        var rows = await MeetingRow.PageAsync(
            call.Get<NpgsqlDataSource>(), filter, cursor is null ? null : (cursor.At, cursor.Id), call.Limit + 1, call.Cancellation);
        return ApiAnswer.Ok(PastPage<MeetingRow>.Of(Page<MeetingRow>.Of(rows, call.Limit, row => new Cursor(row.PlacedAt, row.Instance).ToString())));
    }

    private static async Task<ApiAnswer> ListPastAsync(ApiCall call, PoolMoment past, MeetingFilter filter, Cursor? cursor)
    {
        var rows = MeetingRow.Of(past, filter.Means)
            .Where(row => cursor is null || (row.PlacedAt, row.Instance).CompareTo((cursor.At, cursor.Id)) > 0).Take(call.Limit + 1).ToList();
        var page = Page<MeetingRow>.Of(
            await MeetingRow.NamedAsync(call.Get<NpgsqlDataSource>(), rows, call.Cancellation), call.Limit,
            row => new Cursor(row.PlacedAt, row.Instance).ToString());
        return ApiAnswer.Ok(PastPage<MeetingRow>.Of(page, AsOf.Of(past)));
    }

    private static async Task<ApiAnswer> ListRunsAsync(ApiCall call)
    {
        if (!call.TryCursor(out var cursor)) return ApiCall.WrongCursor;
        if (call.Query("meeting_id") is not { Length: > 0 } meetingId) return ApiAnswer.Fails(ProblemKind.BadRequest, "meeting_id must be given");
        var rows = await MeetingRunRow.ListAsync(call.Get<NpgsqlDataSource>(), call.Query("tenant") ?? "", meetingId, cursor, call.Limit + 1, call.Cancellation);
        return ApiAnswer.Ok(Page<MeetingRunRow>.Of(rows, call.Limit, row => new Cursor(row.PlacedAt, row.Instance).ToString()));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call) =>
        await InstanceAsync(call) is { } instance ? await ShowAsync(call, instance) : ApiAnswer.Unknown("meeting", call.Route("id"));

    private static async Task<ApiAnswer> ShowAsync(ApiCall call, Guid instance)
    {
        var version = await call.VersionAsync(Streams.Meeting(instance));
        return await MeetingDocument.FindAsync(call, instance) is { } found
            ? ApiAnswer.Ok(found, version)
            : ApiAnswer.Unknown("meeting", instance.ToString());
    }

    private static async Task<ApiAnswer> ExplainAsync(ApiCall call) =>
        await KnownRun.FindAsync(call.Get<NpgsqlDataSource>(), call.Route("id"), call.Query("tenant"), call.Cancellation) is { } run
            ? ApiAnswer.Ok(await call.Get<StoryReader>().ReadAsync(run, call.Cancellation))
            : ApiAnswer.Unknown("meeting", call.Route("id"));

    private static async Task<ApiAnswer> EndAsync(ApiCall call)
    {
        if (await InstanceAsync(call) is not { } instance || await MeetingDocument.FindAsync(call, instance) is not { } known)
            return ApiAnswer.Unknown("meeting", call.Route("id"));
        var location = await call.Get<MeetingLocations>().FindAsync(known.TenantId, known.MeetingId, CancellationToken.None);
        if (location is null || location.Instance != instance) return ApiAnswer.Fails(ProblemKind.Refused, $"Meeting {instance} is {known.State}");
        if (location.Placing) return ApiAnswer.Fails(ProblemKind.Refused, $"Meeting {instance} is being placed: no node has it yet");
        var end = await call.Get<MeetingOperations>().EndAsync(location, call.By, CancellationToken.None);
        if (!end.IsOver) return ApiAnswer.Fails(ProblemKind.Node, $"The node did not end it: {end.Said}");
        call.Get<LocationCache>().Drop(known.TenantId, known.MeetingId);
        return await ShowAsync(call, instance);
    }

    private static async Task<Guid?> InstanceAsync(ApiCall call)
    {
        var id = call.Route("id");
        if (Guid.TryParseExact(id, "D", out var instance)) return instance;
        return id.Contains('\0', StringComparison.Ordinal) ? null : (await call.Get<InternalMeetings>().FindAsync(id, CancellationToken.None))?.Instance;
    }
}
