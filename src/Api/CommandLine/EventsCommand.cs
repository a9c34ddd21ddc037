using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.Configuration;
using Scalelite.EventLog;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite events</c>: the log, in order.</summary>
internal static class EventsCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions OneLine = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var stream = new Option<string>("--stream") { Description = "Only this stream, such as server-ID or meeting-ID", HelpName = "S" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new events until told to stop" };
        var after = new Option<long>("--after") { Description = "Only events after this number of the log", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line, for a program" };
        return new Command("events", "Print events in order of the log") { stream, follow, after, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var printed = 0;
            try
            {
                await foreach (var row in Read(scope, scope.Get(stream), scope.Get(follow), scope.Get(after), cancellation))
                {
                    await PrintAsync(scope, row, scope.Get(json));
                    printed++;
                }
            }
            catch (OperationCanceledException) when (scope.Get(follow))
            {
                return ExitCode.Done;
            }

            return printed == 0 && scope.Get(stream) is { } asked ? scope.Refuse($"There is no stream {Listing.Printable(asked)}") : ExitCode.Done;
        });
    }

    private static async IAsyncEnumerable<EventRow> Read(
        CommandScope scope, string? stream, bool follow, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var log = scope.Get<EventLogReader>();
        if (follow)
        {
            await foreach (var row in log.FollowAsync(after, LookEvery, cancellation))
            {
                if (stream is null || row.Stream == stream) yield return row;
            }
        }
        else if (stream is not null)
        {
            await foreach (var row in log.ReadStreamAsync(stream, cancellation: cancellation))
            {
                if (row.Sequence > after) yield return row;
            }
        }
        else
        {
            var head = await new SafeHead(scope.Get<NpgsqlDataSource>(), scope.Get<TimeProvider>()).WaitAsync(cancellation);
            await foreach (var row in log.ReadAsync(after, head, cancellation)) yield return row;
        }
    }

    private static Task PrintAsync(CommandScope scope, EventRow row, bool asJson) => scope.Out.WriteLineAsync(
        asJson
            ? JsonSerializer.Serialize(HistoryEvent.From(row), OneLine)
            : $"{row.Sequence.ToString(CultureInfo.InvariantCulture),8}  {row.Timestamp.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}  "
            + $"{row.Stream}  {row.Type}  {Listing.Printable(row.Data)}");
}
