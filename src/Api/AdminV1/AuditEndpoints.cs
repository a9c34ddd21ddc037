using System.Globalization;
using Npgsql;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Audit;
using Scalelite.Domain.AdminTokens;
using Scalelite.EventLog.Sealing;

namespace Scalelite.Api.AdminV1;

/// <summary>Administrative changes, and the seals of the log.</summary>
internal static class AuditEndpoints
{
    private const string Time = "a time in ISO 8601, or how long ago: -2h";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/audit", "listChanges", "Administrative changes, the newest first: who, when, from where, what and why", AdminRole.Admin, ListAsync)
        {
            Query =
            [
                new("from", $"Not before: {Time}"),
                new("to", $"Before: {Time}"),
                new("actor", "Only what this one did, such as cli:root or token:NAME"),
                new("all", "Also each stream of old polls, joins or callbacks that was pruned", QueryKind.Flag),
                QueryParameter.Limit,
                QueryParameter.Cursor,
            ],
            Result = typeof(Page<ChangeRow>),
        },
        new("GET", "/audit/seals", "listSeals", "The seals of the log, the newest first, as they are written outside the database", AdminRole.Admin, SealsAsync)
        {
            Query = [QueryParameter.Limit, new("before", "Only seals before this one", QueryKind.Number)], Result = typeof(SealPage),
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryCursor(out var cursor)) return ApiCall.WrongCursor;
        if (!TryTime(call, "from", out var from)) return WrongTime("from");
        if (!TryTime(call, "to", out var to)) return WrongTime("to");
        var rows = await ChangeRow.ListAsync(
            call.Get<NpgsqlDataSource>(), from, to, call.Query("actor"), call.Flag("all"), cursor is null ? null : (cursor.At, cursor.Id), call.Limit + 1, call.Cancellation);
        return ApiAnswer.Ok(Page<ChangeRow>.Of(rows, call.Limit, row => new Cursor(row.At, row.EventId).ToString()));
    }

    private static async Task<ApiAnswer> SealsAsync(ApiCall call)
    {
        long? before = call.Query("before") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
        var seals = await call.Get<LogSeals>().ListAsync(before, call.Limit, call.Cancellation);
        return ApiAnswer.Ok(new SealPage(seals, seals.Count > 0 && seals[^1].Seal > 1 ? seals[^1].Seal : null));
    }

    private static bool TryTime(ApiCall call, string name, out DateTimeOffset? time)
    {
        time = null;
        if (call.Query(name) is not { } text) return true;
        if (!Moment.TryRead(text, out var moment)) return false;
        time = moment.At(call.Get<TimeProvider>().GetUtcNow());
        return true;
    }

    private static ApiAnswer WrongTime(string name) => ApiAnswer.Fails(ProblemKind.BadRequest, $"{name} is {Time}");
}

/// <summary>Seals of the log.</summary>
/// <param name="NextBefore">What <c>before</c> must be for the next ones; null after the first seal.</param>
internal sealed record SealPage(IReadOnlyList<LogSeal> Items, long? NextBefore);
