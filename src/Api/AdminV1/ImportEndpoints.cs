using System.ComponentModel;
using Npgsql;
using Scalelite.Api.CommandLine.Imports;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.Imports;

namespace Scalelite.Api.AdminV1;

/// <summary>Archives of recordings on their way into the catalog.</summary>
internal static class ImportEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/imports", "listImports", "Imports, the newest first", AdminRole.Viewer, ListAsync)
        {
            Query =
            [
                new("state", "Only those in this state; open: all but the completed", QueryKind.Text,
                    "open", "received", "checked", "staged", "in_place", "imported", "completed", "quarantined"),
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(Page<ImportRow>),
        },
        new("GET", "/imports/{id}", "getImport", "An import with its events", AdminRole.Viewer, call => ShowAsync(call)) { Result = typeof(ImportRow) },
        new(
            "POST", "/imports/{id}/retry", "retryImport",
            "Try an import again: one in quarantine from its beginning, another at once",
            AdminRole.Operator, RetryAsync)
        {
            Body = typeof(ImportAgain), Result = typeof(ImportRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryCursor(out var cursor)) return ApiCall.WrongCursor;
        var rows = await ImportRow.PageAsync(
            call.Get<NpgsqlDataSource>(), call.Query("state"), cursor is null ? null : (cursor.At, cursor.Id), call.Limit + 1, call.Cancellation);
        return ApiAnswer.Ok(Page<ImportRow>.Of(rows, call.Limit, row => new Cursor(row.ReceivedAt, row.Id).ToString()));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)) return ApiAnswer.Unknown("import", call.Route("id"));
        var version = await call.VersionAsync(Streams.Import(id));
        return await ImportRow.FindAsync(call.Get<NpgsqlDataSource>(), id, call.Cancellation) is { } row
            ? ApiAnswer.Ok(row with { Events = await EventPages.ReadAsync(call, Streams.Import(id)) }, version)
            : ApiAnswer.Unknown("import", id.ToString());
    }

    private static async Task<ApiAnswer> RetryAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)) return ApiAnswer.Unknown("import", call.Route("id"));
        return await call.Get<ImportRetry>().RetryAsync(id, call.Body<ImportAgain>().Restore, call.By, CancellationToken.None) switch
        {
            null => ApiAnswer.Unknown("import", id.ToString()),
            { Refusal: { } why } => ApiAnswer.Fails(ProblemKind.Refused, why),
            _ => await ShowAsync(call),
        };
    }
}

/// <summary>How an import is tried again.</summary>
internal sealed record ImportAgain([property: Description("Recordings of the archive that were deleted may come back")] bool Restore = false);
