using System.CommandLine;
using System.Text;
using Scalelite.Api.CommandLine.Imbalance.Html;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary><c>scalelite imbalance</c>: how unequally the pool was used, when it was worst, and why.</summary>
internal static class ImbalanceCommand
{
    private const int UsualTop = 10;

    public static Command Create()
    {
        var from = TimeOption.Create("--from", "Where it begins; a day ago without");
        var to = TimeOption.Create("--to", "Where it ends; now without");
        var bucket = new Option<string>("--bucket")
        {
            Description = $"How long a bucket is: {ImbalanceQuestion.BucketWritten}",
            HelpName = "WIDTH",
            DefaultValueFactory = _ => "1m",
        };
        var tag = new Option<string>("--tag") { Description = "Only servers with this tag, 'none' for untagged ones", HelpName = "TAG" };
        var top = new Option<int>("--top") { Description = "How many of the worst buckets and moments", HelpName = "N", DefaultValueFactory = _ => UsualTop };
        var all = new Option<bool>("--all") { Description = "Show all buckets" };
        var json = CommonOptions.Json();
        var csv = new Option<bool>("--csv") { Description = "Print the buckets as CSV" };
        var html = new Option<string>("--html") { Description = "Write a page with a heat map to a file, to be looked at and sent", HelpName = "FILE" };
        top.Validators.Add(CommonOptions.Between(top, 1, 1000));
        bucket.Validators.Add(result =>
        {
            if (!ImbalanceQuestion.TryReadBucket(result.GetValueOrDefault<string>() ?? "", out _)) result.AddError($"--bucket takes {ImbalanceQuestion.BucketWritten}");
        });
        var command = new Command("imbalance", "Show how unequally the pool was used, when it was worst, and why")
        {
            from, to, bucket, tag, top, all, json, csv, html,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(json) ? 1 : 0) + (result.GetValue(csv) ? 1 : 0) + (result.GetValue(html) is null ? 0 : 1) > 1)
                result.AddError("Of --json, --csv and --html only one can be given");
        });
        return command.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var now = scope.Get<TimeProvider>().GetUtcNow();
            ImbalanceQuestion.TryReadBucket(scope.Get(bucket)!, out var width);
            if (ImbalanceQuestion.WhyNot(scope.Get(from)?.At(now) ?? now.AddDays(-1), scope.Get(to)?.At(now) ?? now, width, now, out var range) is { } why)
                return scope.Refuse(why);

            var history = await scope.Get<ImbalanceHistory>().MeasureAsync(
                new ImbalanceQuestion(range, scope.Get(tag), scope.Get(top), Grid: scope.Get(html) is not null),
                scope.Settings.Placement.MinimumUsers, cancellation);
            if (scope.Get(json)) return scope.WriteJson(ImbalanceDocument.Of(history));
            if (scope.Get(html) is { } file) return await WritePageAsync(scope, history, file);
            if (!scope.Get(csv)) return ImbalanceTable.Write(scope, history, scope.Get(top), scope.Get(all));
            ImbalanceCsv.Write(scope.Out, history.Report);
            return ExitCode.Done;
        });
    }

    private static async Task<int> WritePageAsync(CommandScope scope, MeasuredHistory history, string file)
    {
        try
        {
            await using var stream = scope.CreateFile(file);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(ImbalancePage.Of(history)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return scope.Refuse($"{file} cannot be written: {e.Message}");
        }

        await scope.Out.WriteLineAsync($"Written to {Listing.Printable(file)}");
        return ExitCode.Done;
    }
}
