using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.EventLog;

namespace Scalelite.Api.CommandLine.Meetings;

/// <summary><c>scalelite meetings …</c>: live meetings and what happened to them.</summary>
internal static class MeetingsCommand
{
    public static Command Create() => new("meetings", "Live meetings, and what happened to them") { List(), Info() };

    private static Command List()
    {
        var ids = new Argument<string[]>("ID") { Description = "meetingIDs; all live meetings if none is given", Arity = ArgumentArity.ZeroOrMore };
        var json = CommonOptions.Json();
        return new Command("list", "List live meetings") { ids, json }.Runs(Needs.Database, async (scope, cancellation) =>
            scope.WriteList(
                await MeetingRow.ListAsync(scope.Get<NpgsqlDataSource>(), scope.GetOrNull(ids) ?? [], cancellation), scope.Get(json), "No meetings",
                MeetingRow.Columns));
    }

    private static Command Info()
    {
        var id = new Argument<string>("ID") { Description = "A meetingID, an internalMeetingID, or the id of a run" };
        var json = CommonOptions.Json();
        return new Command("info", "Show the latest run of a meeting with its events: where it is and why") { id, json }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var history = await MeetingHistory.FindAsync(scope.Get<NpgsqlDataSource>(), scope.Get<EventLogReader>(), scope.Get(id), cancellation);
                if (history is null) return scope.Refuse($"Couldn't find meeting with id={Listing.Printable(scope.Get(id))}");
                scope.WriteOne(
                    history, scope.Get(json),
                    new("meeting", one => one.MeetingId), new("name", one => one.Name), new("server", one => one.ServerId), new("state", one => one.State),
                    new("internal id", one => one.InternalMeetingId), new("run", one => one.Instance.ToString()),
                    new("voice bridge", one => one.VoiceBridge), new("placed at", one => Time(one.PlacedAt)),
                    new("ended at", one => one.EndedAt is { } at ? Time(at) : null));
                if (scope.Get(json)) return ExitCode.Done;
                foreach (var e in history.Events) await scope.Out.WriteLineAsync($"{e.Version,3}  {Time(e.Timestamp)}  {e.Type}  {Listing.Printable(e.Data.GetRawText())}");
                return ExitCode.Done;
            });
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
