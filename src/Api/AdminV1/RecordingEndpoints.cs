using System.Globalization;
using Scalelite.Api.CommandLine.Recordings;
using Scalelite.Api.Playback;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings;

namespace Scalelite.Api.AdminV1;

/// <summary>Recordings: what there is, and whether it is published.</summary>
internal static class RecordingEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/recordings", "listRecordings", "Recordings, the newest first; deleted ones only where state says so", AdminRole.Viewer, ListAsync)
        {
            Query =
            [
                new("tenant", "Only those of this tenant, by id; empty: of none"),
                new("meeting_id", "Only those of this meetingID"),
                new("state", "Only those in this state", QueryKind.Text, "published", "unpublished", "deleted"),
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(Page<RecordingRow>),
        },
        new(
            "GET", "/recordings/{id}", "getRecording",
            "A recording with its formats, metadata and events",
            AdminRole.Viewer, call => ShowAsync(call, call.Route("id")))
        {
            Result = typeof(RecordingHistory),
        },
        new("PUT", "/recordings/{id}/state", "setRecordingState", "Publish a recording, or let it not be played any more", AdminRole.Operator, SetStateAsync)
        {
            Body = typeof(WantedRecordingState), Result = typeof(RecordingHistory), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryOffset(out var offset)) return ApiCall.WrongCursor;
        var filter = new RecordingFilter
        {
            TenantId = call.Query("tenant"),
            MeetingIds = call.Query("meeting_id") is { } meeting ? [meeting] : null,
            States = call.Query("state") is { } state ? [CatalogedRecording.ReadState(state)] : [RecordingState.Published, RecordingState.Unpublished],
            Offset = offset,
            Limit = call.Limit,
        };
        await using var page = await call.Get<RecordingCatalog>().ListAsync(filter, call.Cancellation);
        var rows = new List<RecordingRow>();
        while (await page.NextAsync(call.Cancellation) is { } recording) rows.Add(RecordingRow.Of(recording));
        var next = offset + rows.Count;
        return ApiAnswer.Ok(new Page<RecordingRow>(rows, page.Total > next && rows.Count > 0 ? next.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call, string id)
    {
        if (id.Contains('\0', StringComparison.Ordinal)) return ApiAnswer.Unknown("recording", "");
        var version = await call.VersionAsync(Streams.Recording(id));
        return await RecordingHistory.FindAsync(call.Get<RecordingCatalog>(), call.Get<EventLogReader>(), id, call.Cancellation) is { } found
            ? ApiAnswer.Ok(found, version)
            : ApiAnswer.Unknown("recording", id);
    }

    private static async Task<ApiAnswer> SetStateAsync(ApiCall call)
    {
        var id = call.Route("id");
        var operations = call.Get<RecordingOperations>();
        var outcome = call.Body<WantedRecordingState>().Published
            ? await operations.PublishAsync(id, call.By, CancellationToken.None)
            : await operations.UnpublishAsync(id, call.By, CancellationToken.None);
        call.Get<PlayableFormats>().Drop(id);
        return outcome switch
        {
            RecordingOutcome.Done => await ShowAsync(call, id),
            RecordingOutcome.Unknown => ApiAnswer.Unknown("recording", id),
            RecordingOutcome.Refused refused => ApiAnswer.Fails(ProblemKind.Refused, refused.Why),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer"),
        };
    }
}

/// <summary>Whether a recording is to be played.</summary>
internal sealed record WantedRecordingState(bool Published);
