using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Keeping;
using Scalelite.Workers.Keeping;

namespace Scalelite.Api.CommandLine.Keeping;

/// <summary><c>scalelite prune</c>: what workers do once an hour, seen or done now.</summary>
internal static class PruneCommand
{
    private static readonly Column<PruneRow>[] Columns =
    [
        new("stream", row => row.Stream),
        new("events", row => row.Events?.ToString(CultureInfo.InvariantCulture), IsNumber: true),
        new("minutes", row => row.Minutes?.ToString(CultureInfo.InvariantCulture), IsNumber: true),
        new("stays because", row => row.StaysBecause),
    ];

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Prune nothing: show what would be" };
        var json = CommonOptions.Json();
        return new Command(
            "prune", "Roll polls and joins up that are older than POLL_HISTORY_DAYS, and remove what CALLBACK_HISTORY_DAYS and RECORDING_METADATA_DAYS say; workers do so every hour")
        {
            dryRun, json,
        }.Runs(Needs.Database | Needs.SealedSecrets, (scope, cancellation) => scope.Get(dryRun)
            ? ShowAsync(scope, scope.Get(json), cancellation)
            : PruneAsync(scope, scope.Get(json), cancellation));
    }

    private static async Task<int> ShowAsync(CommandScope scope, bool asJson, CancellationToken cancellation)
    {
        var pruner = scope.Get<StreamPruner>();
        var rows = new List<PruneRow>();
        await foreach (var stream in pruner.OldAsync(cancellation))
            rows.Add(PruneRow.Of(stream, await pruner.PruneAsync(stream, scope.Actor, dryRun: true, cancellation)));
        var code = scope.WriteList(rows, asJson, "No stream of polls or joins is old enough", Columns);
        if (asJson) return code;
        var callbacks = await scope.Get<CallbackPruner>().CountAsync(cancellation);
        var recordings = await scope.Get<DeletedRecordings>().OldAsync(cancellation).CountAsync(cancellation);
        if (callbacks > 0) await scope.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{callbacks} callbacks would be removed"));
        if (recordings > 0) await scope.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{recordings} deleted recordings would be forgotten"));
        return code;
    }

    private static async Task<int> PruneAsync(CommandScope scope, bool asJson, CancellationToken cancellation)
    {
        var (rows, code) = (new List<PruneRow>(), ExitCode.Done);
        var report = await scope.Get<HistoryKeeping>().LookAsync(
            scope.Actor,
            leisurely: false,
            (stream, outcome, failure) =>
            {
                if (outcome is not null) rows.Add(PruneRow.Of(stream, outcome));
                else code = scope.Refuse($"{stream.Stream}: {Listing.Printable(failure!.Message)}");
            },
            cancellation);
        code = Math.Max(code, scope.WriteList(rows, asJson, "No stream of polls or joins is old enough", Columns));
        if (!asJson)
        {
            await scope.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Rolled up {report.Streams} streams of {report.Events} events; removed {report.Callbacks} callbacks and {report.Secrets} sealed secrets; forgot {report.Recordings} deleted recordings"));
        }

        return code;
    }
}

/// <summary>A stream that is old enough, and what came of it.</summary>
/// <param name="Events">That it had.</param>
/// <param name="Minutes">That they were rolled up to.</param>
/// <param name="StaysBecause">Null where it was pruned, or would be.</param>
internal sealed record PruneRow(string Stream, long? Events, int? Minutes, string? StaysBecause)
{
    public static PruneRow Of(PastStream stream, PruneOutcome outcome) => outcome switch
    {
        PruneOutcome.Pruned pruned => new(stream.Stream, pruned.Told.Events, MinutesOf(pruned.RolledUp), null),
        PruneOutcome.Kept kept => new(stream.Stream, null, null, kept.Why),
        _ => new(stream.Stream, null, null, "another is at it, or a read model is being rebuilt"),
    };

    private static int MinutesOf(object rolledUp) => rolledUp switch
    {
        ServerDayRolledUp day => day.Minutes.Count,
        JoinsRolledUp joins => joins.Minutes.Count,
        _ => 0,
    };
}
