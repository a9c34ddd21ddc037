using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.CommandLine.History;
using Scalelite.Api.Configuration;
using Scalelite.EventLog;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Meetings;

namespace Scalelite.Api.CommandLine.Meetings;

/// <summary><c>scalelite meetings …</c>: live meetings and what happened to them.</summary>
internal static class MeetingsCommand
{
    public static Command Create() => new("meetings", "Live meetings, and what happened to them") { List(), Info(), End() };

    private static Command List()
    {
        var ids = new Argument<string[]>("ID") { Description = "meetingIDs; all live meetings if none is given", Arity = ArgumentArity.ZeroOrMore };
        var at = PastCommand.AtOption();
        var json = CommonOptions.Json();
        return new Command("list", "List live meetings") { ids, at, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var asked = scope.GetOrNull(ids) ?? [];
            return scope.Get(at) is { } moment
                ? await PastCommand.WriteAsync(
                    scope, moment, scope.Get(json), async past => await MeetingRow.NamedAsync(
                        scope.Get<NpgsqlDataSource>(), MeetingRow.Of(past, meeting => asked.Length == 0 || asked.Contains(meeting.MeetingId)), cancellation),
                    rows => scope.WriteList(rows, false, "There were no meetings", MeetingRow.Columns), cancellation)
                : scope.WriteList(
                    await MeetingRow.ListAsync(scope.Get<NpgsqlDataSource>(), asked, cancellation), scope.Get(json), "No meetings", MeetingRow.Columns);
        });
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

    private static Command End()
    {
        var ids = new Argument<string[]>("ID") { Description = "meetingIDs; all live meetings if none is given", Arity = ArgumentArity.ZeroOrMore };
        var yes = CommonOptions.Yes();
        return new Command("end", "Ask the nodes to end meetings") { ids, yes }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            var asked = (scope.GetOrNull(ids) ?? []).ToHashSet(StringComparer.Ordinal);
            var live = await scope.Get<MeetingLocations>().ListAsync(cancellation);
            if (asked.FirstOrDefault(id => live.All(meeting => meeting.MeetingId != id)) is { } unknown)
                return scope.Refuse($"Couldn't find meeting with id={Listing.Printable(unknown)}");
            var chosen = live.Where(meeting => asked.Count == 0 || asked.Contains(meeting.MeetingId)).ToList();
            if (!scope.Confirmed(scope.Get(yes), $"End {chosen.Count} meetings?")) return scope.Refuse("Nothing was ended");
            var code = ExitCode.Done;
            foreach (var meeting in chosen) code = Math.Max(code, await EndAsync(scope, meeting, cancellation));
            return code;
        });
    }

    private static async Task<int> EndAsync(CommandScope scope, MeetingLocation meeting, CancellationToken cancellation)
    {
        var end = await scope.Get<MeetingOperations>().EndAsync(meeting, scope.Actor, cancellation);
        if (!end.IsOver) return scope.Refuse($"{Listing.Printable(meeting.MeetingId)}: not ended, {Listing.Printable(end.Said)}");
        await scope.Out.WriteLineAsync($"{Listing.Printable(meeting.MeetingId)}: ended");
        return ExitCode.Done;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
