using Npgsql;
using Scalelite.Api.CommandLine.Callbacks;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Api.AdminV1;

/// <summary>Calls that clients are owed; never their URLs, which may be capabilities.</summary>
internal static class CallbackEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/callbacks", "listCallbacks", "Callbacks, the latest first", AdminRole.Viewer, ListAsync)
        {
            Query =
            [
                new("state", "Only those in this state", QueryKind.Text, "waiting", "delivered", "abandoned"),
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(Page<CallbackRow>),
        },
        new("GET", "/callbacks/{id}", "getCallback", "A callback with all its attempts", AdminRole.Viewer, ShowAsync) { Result = typeof(CallbackDocument) },
        new(
            "POST", "/callbacks/{id}/retry", "retryCallback",
            "Try a callback again that was given up, at once and for CALLBACK_RETRY_FOR",
            AdminRole.Operator, RetryAsync)
        {
            Body = typeof(NoFields), Result = typeof(CallbackDocument), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryCursor(out var cursor)) return ApiCall.WrongCursor;
        var rows = await CallbackRow.PageAsync(
            call.Get<NpgsqlDataSource>(), call.Query("state"), cursor is null ? null : (cursor.At, cursor.Id), call.Limit + 1, call.Cancellation);
        return ApiAnswer.Ok(Page<CallbackRow>.Of(rows, call.Limit, row => new Cursor(row.RegisteredAt, row.Id).ToString()));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)) return ApiAnswer.Unknown("callback", call.Route("id"));
        var version = await call.VersionAsync(Streams.Callback(id));
        return await CallbackRow.FindAsync(call.Get<NpgsqlDataSource>(), id, call.Cancellation) is { } row
            ? ApiAnswer.Ok(new CallbackDocument(row, await EventPages.ReadAsync(call, Streams.Callback(id))), version)
            : ApiAnswer.Unknown("callback", id.ToString());
    }

    private static async Task<ApiAnswer> RetryAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)
            || await CallbackRow.FindAsync(call.Get<NpgsqlDataSource>(), id, CancellationToken.None) is not { } row)
        {
            return ApiAnswer.Unknown("callback", call.Route("id"));
        }

        return await call.Get<CallbackOperations>().RetryAsync(id, row.Host, call.By, CancellationToken.None) is { } why
            ? ApiAnswer.Fails(ProblemKind.Refused, why)
            : await ShowAsync(call);
    }
}

/// <summary>A callback with its events.</summary>
internal sealed record CallbackDocument(CallbackRow Callback, IReadOnlyList<HistoryEvent> Events);
