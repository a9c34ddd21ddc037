using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.Configuration;
using Scalelite.Domain;
using Scalelite.EventLog;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Api.CommandLine.Callbacks;

/// <summary><c>scalelite callbacks …</c>: calls that clients are owed.</summary>
internal static class CallbacksCommand
{
    public static Command Create() => new("callbacks", "Calls that clients are owed: waiting, delivered or given up") { List(), Show(), Retry() };

    private static Command List()
    {
        var state = new Option<string>("--state") { Description = "Only those that are waiting, delivered or abandoned" };
        state.AcceptOnlyFromAmong("waiting", "delivered", "abandoned");
        var most = new Option<int>("--limit") { Description = "The most to list, the latest first", DefaultValueFactory = _ => 100 };
        most.Validators.Add(CommonOptions.Between(most, 1, 100_000));
        var json = CommonOptions.Json();
        return new Command("list", "List callbacks, the latest first") { state, most, json }.Runs(Needs.Database, async (scope, cancellation) =>
            scope.WriteList(
                await CallbackRow.ListAsync(scope.Get<NpgsqlDataSource>(), scope.Get(state), scope.Get(most), cancellation), scope.Get(json), "No callbacks",
                CallbackRow.Columns));
    }

    private static Command Show()
    {
        var id = Id();
        var json = CommonOptions.Json();
        return new Command("show", "Show a callback with all its attempts") { id, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            if (await CallbackRow.FindAsync(scope.Get<NpgsqlDataSource>(), scope.Get(id), cancellation) is not { } row)
                return scope.Refuse($"Couldn't find callback with id={scope.Get(id)}");
            var events = new List<HistoryEvent>();
            await foreach (var e in scope.Get<EventLogReader>().ReadStreamAsync(Streams.Callback(row.Id), cancellation: cancellation)) events.Add(HistoryEvent.From(e));
            if (scope.Get(json)) return scope.WriteJson(new { Callback = row, Events = events });
            scope.WriteOne(
                row, asJson: false,
                new("id", one => one.Id.ToString()), new("kind", one => one.Kind), new("state", one => one.State), new("meeting", one => one.MeetingId),
                new("recording", one => one.RecordId), new("host", one => one.Host), new("last", one => one.LastOutcome),
                new("due at", one => one.DueAt is { } at ? Time(at) : null), new("ended at", one => one.EndedAt is { } at ? Time(at) : null));
            foreach (var e in events) await scope.Out.WriteLineAsync($"{e.Version,3}  {Time(e.Timestamp)}  {e.Type}  {Listing.Printable(e.Data.GetRawText())}");
            return ExitCode.Done;
        });
    }

    private static Command Retry()
    {
        var ids = new Argument<Guid[]>("ID") { Description = "Callbacks that were given up", Arity = ArgumentArity.OneOrMore };
        return new Command("retry", "Try callbacks again that were given up, at once and for a day") { ids }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                var code = ExitCode.Done;
                foreach (var id in scope.Get(ids))
                {
                    var row = await CallbackRow.FindAsync(scope.Get<NpgsqlDataSource>(), id, cancellation);
                    var refusal = row is null
                        ? $"Couldn't find callback with id={id}"
                        : await scope.Get<CallbackOperations>().RetryAsync(id, row.Host, scope.Actor, cancellation);
                    if (refusal is null) await scope.Out.WriteLineAsync($"{id}: is tried again");
                    else code = scope.Refuse(refusal);
                }

                return code;
            });
    }

    private static Argument<Guid> Id() => new("ID") { Description = "The callback's id" };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
