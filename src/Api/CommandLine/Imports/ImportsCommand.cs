using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.Configuration;
using Scalelite.Domain;
using Scalelite.EventLog;
using Scalelite.Workers.Imports;

namespace Scalelite.Api.CommandLine.Imports;

/// <summary><c>scalelite imports …</c>: archives on their way into the catalog.</summary>
internal static class ImportsCommand
{
    public static Command Create() => new("imports", "Archives of recordings on their way into the catalog") { List(), Show(), Retry() };

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Completed ones too, the newest first" };
        var limit = new Option<int>("--limit") { Description = "How many at most", DefaultValueFactory = _ => 1000 };
        limit.Validators.Add(CommonOptions.Between(limit, 1, 1_000_000));
        var json = CommonOptions.Json();
        return new Command("list", "List imports that are under way or in quarantine, the oldest first") { all, limit, json }.Runs(
            Needs.Database,
            async (scope, cancellation) => scope.WriteList(
                await ImportRow.ListAsync(scope.Get<NpgsqlDataSource>(), scope.Get(all), scope.Get(limit), cancellation), scope.Get(json), "No imports",
                ImportRow.Columns));
    }

    private static Command Show()
    {
        var id = Id();
        var json = CommonOptions.Json();
        return new Command("show", "Show an import with its events") { id, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            if (!Guid.TryParse(scope.Get(id), out var import)
                || await ImportRow.FindAsync(scope.Get<NpgsqlDataSource>(), import, cancellation) is not { } row)
            {
                return Unknown(scope, id);
            }

            var events = new List<HistoryEvent>();
            await foreach (var e in scope.Get<EventLogReader>().ReadStreamAsync(Streams.Import(import), cancellation: cancellation)) events.Add(HistoryEvent.From(e));
            scope.WriteOne(row with { Events = events }, scope.Get(json), ImportRow.Parts);
            if (scope.Get(json)) return ExitCode.Done;
            foreach (var e in events)
            {
                await scope.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{e.Version,3}  {e.Timestamp.UtcDateTime:u}  {e.Type}  {Listing.Printable(e.Data.GetRawText())}"));
            }

            return ExitCode.Done;
        });
    }

    private static Command Retry()
    {
        var id = Id();
        var restore = new Option<bool>("--restore") { Description = "Also bring recordings of the archive back that were deleted" };
        return new Command("retry", "Try an import again: one in quarantine from its beginning, another at once") { id, restore }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                if (!Guid.TryParse(scope.Get(id), out var import)) return Unknown(scope, id);
                var outcome = await scope.Get<ImportRetry>().RetryAsync(import, scope.Get(restore), scope.Actor, cancellation);
                if (outcome is null) return Unknown(scope, id);
                if (outcome.Refusal is { } refusal) return scope.Refuse(refusal);
                await scope.Out.WriteLineAsync(outcome.Events.Count > 0 ? $"Import {import} is tried again" : $"Import {import} is under way already");
                return ExitCode.Done;
            });
    }

    private static Argument<string> Id() => new("ID") { Description = "The import's id" };

    private static int Unknown(CommandScope scope, Argument<string> id) => scope.Refuse($"Couldn't find import with id={Listing.Printable(scope.Get(id))}");
}
