using System.CommandLine;
using Npgsql;
using Scalelite.Api.CommandLine.Export.Parquet;
using Scalelite.Api.Configuration;
using Scalelite.Projections.Analytics;

namespace Scalelite.Api.CommandLine.Export;

/// <summary><c>scalelite export VIEW</c>: what analysts see, as a file.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("VIEW") { Description = $"A view of the schema analytics: {string.Join(", ", AnalyticsSchema.Views.Select(view => view.Name))}" };
        name.AcceptOnlyFromAmong([.. AnalyticsSchema.Views.Select(view => view.Name)]);
        var from = TimeOption.Create("--from", "Only rows of this time or later");
        var to = TimeOption.Create("--to", "Only rows before this time");
        var format = new Option<string>("--format") { Description = "csv, jsonl (one JSON object a line) or parquet", HelpName = "FORMAT", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "jsonl", "parquet");
        var output = new Option<string>("--output", "-o") { Description = "The file to write; else standard output", HelpName = "FILE" };
        return new Command("export", "Export a view of the schema analytics, in order of time") { name, from, to, format, output }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var view = AnalyticsSchema.Views.Single(view => view.Name == scope.Get(name));
                var now = scope.Get<TimeProvider>().GetUtcNow();
                var (begin, end) = (scope.Get(from)?.At(now), scope.Get(to)?.At(now));
                if (view.Time is null && (begin ?? end) is not null) return scope.Refuse($"{view.Name} tells how things are now: it has no times to choose from");
                if (begin >= end) return scope.Refuse("--from must be before --to");
                return scope.Get(output) is { } path
                    ? await ToFileAsync(scope, view, begin, end, scope.Get(format)!, path, cancellation)
                    : await ToOutputAsync(scope, view, begin, end, scope.Get(format)!, cancellation);
            });
    }

    private static async Task<int> ToFileAsync(
        CommandScope scope, AnalyticsView view, DateTimeOffset? from, DateTimeOffset? to, string format, string path, CancellationToken cancellation)
    {
        if (format == "parquet")
        {
            await using var file = scope.CreateFile(path);
            await WriteAsync(new ParquetWriter(file));
            return ExitCode.Done;
        }

        await using var text = scope.CreateTextFile(path);
        await WriteTextAsync(text, format, WriteAsync);
        return ExitCode.Done;

        async Task WriteAsync(IExportWriter writer)
        {
            var rows = await new ViewExport(scope.Get<NpgsqlDataSource>()).WriteAsync(view, from, to, writer, cancellation);
            await scope.Out.WriteLineAsync($"{rows} rows of {view.Name}");
        }
    }

    private static async Task<int> ToOutputAsync(
        CommandScope scope, AnalyticsView view, DateTimeOffset? from, DateTimeOffset? to, string format, CancellationToken cancellation)
    {
        if (format == "parquet") return scope.Refuse("Parquet is no text: name a file with --output");
        await WriteTextAsync(
            scope.Out, format, writer => new ViewExport(scope.Get<NpgsqlDataSource>()).WriteAsync(view, from, to, writer, cancellation));
        return ExitCode.Done;
    }

    private static async Task WriteTextAsync(TextWriter text, string format, Func<IExportWriter, Task> write)
    {
        if (format == "jsonl")
        {
            using var json = new JsonLinesWriter(text);
            await write(json);
            return;
        }

        await write(new CsvWriter(text));
    }
}
