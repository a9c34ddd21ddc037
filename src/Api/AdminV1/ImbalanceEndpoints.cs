using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Imbalance;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.AdminV1;

/// <summary>How unequally the pool was used.</summary>
internal static class ImbalanceEndpoints
{
    private const int Moments = 20;

    // What is read grows with the range: more than that is asked for at the command line, where nobody else waits.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(
            "GET", "/imbalance", "getImbalance",
            "How unequally the pool was used in a time, for each bucket and overall, and the worst moments with the reasons that the events show",
            AdminRole.Viewer, ShowAsync)
        {
            Query =
            [
                new("from", $"Where it begins; a day ago without. {Moment.Written}"),
                new("to", "Where it ends, at most 31 days later; now without"),
                new("bucket", $"How long a bucket is, 1m without: {ImbalanceQuestion.BucketWritten}"),
                new("tag", "Only servers with this tag, none for untagged ones"),
            ],
            Result = typeof(ImbalanceDocument),
        },
    ];

    private static async Task<ApiAnswer> ShowAsync(ApiCall call)
    {
        var now = call.Get<TimeProvider>().GetUtcNow();
        if (!TryTime(call.Query("from"), now, now.AddDays(-1), out var from)) return Wrong("from");
        if (!TryTime(call.Query("to"), now, now, out var to)) return Wrong("to");
        if (!ImbalanceQuestion.TryReadBucket(call.Query("bucket") ?? "1m", out var bucket))
            return ApiAnswer.Fails(ProblemKind.BadRequest, $"bucket is {ImbalanceQuestion.BucketWritten}");
        var why = ImbalanceQuestion.WhyNot(from, to, bucket, now, out var range);
        if (why is null && range.To - range.From > Longest) why = "The range is at most 31 days";
        if (why is not null) return ApiAnswer.Fails(ProblemKind.BadRequest, why);
        var measured = await call.Get<ImbalanceHistory>().MeasureAsync(
            new ImbalanceQuestion(range, call.Query("tag"), Moments, Grid: false), call.Get<Settings>().Placement.MinimumUsers, call.Cancellation);
        return ApiAnswer.Ok(ImbalanceDocument.Of(measured));
    }

    private static bool TryTime(string? text, DateTimeOffset now, DateTimeOffset without, out DateTimeOffset at)
    {
        at = without;
        if (text is null) return true;
        if (!Moment.TryRead(text, out var moment)) return false;
        at = moment.At(now);
        return true;
    }

    private static ApiAnswer Wrong(string name) => ApiAnswer.Fails(ProblemKind.BadRequest, $"{name} is {Moment.Written}");
}
