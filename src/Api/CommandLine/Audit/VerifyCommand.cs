using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Workers.Sealing;
using Spectre.Console;

namespace Scalelite.Api.CommandLine.Audit;

/// <summary><c>scalelite audit verify</c>: the log, compared with its seals and those with their copy outside the database.</summary>
internal static class VerifyCommand
{
    // As many findings as a person could read; the rest is counted.
    private const int MostInJson = 10_000;

    public static Command Create()
    {
        var from = TimeOption.Create("--from", "Only what was sealed then or later; what is before is believed");
        var seal = new Option<long>("--seal") { Description = "The same, by the number of the first seal", HelpName = "N" };
        var file = new InputFileOption("--file")
        {
            Description = "A copy of the seals outside the database, a line of JSON each; without, AUDIT_SEAL_FILE where it is on this machine",
            HelpName = "FILE",
        };
        var all = new Option<bool>("--all") { Description = "Name each pruned stream, instead of counting them" };
        var json = CommonOptions.Json();
        return new Command("verify", "Name events that were changed, removed or put in later, and seals that are not as they were; exit code 1 if there is any")
        {
            from, seal, file, all, json,
        }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            if (scope.Get(seal) > 0 && scope.Get(from) is not null) return scope.Refuse("--from and --seal say the same: give one of them");
            var audit = scope.Get<LogAudit>();
            OutsideSeals? outside;
            try
            {
                outside = await OutsideAsync(scope, audit, scope.Get(file), cancellation);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                return scope.Refuse($"The copy of the seals cannot be read: {unreadable.Message}");
            }

            var first = Math.Max(scope.Get(seal), 1);
            if (scope.Get(from)?.At(scope.Get<TimeProvider>().GetUtcNow()) is { } time)
            {
                if (await audit.Verification.SealAtAsync(time, cancellation) is not { } found) return scope.Refuse($"Nothing was sealed at {time:u} or later");
                first = found;
            }

            var report = new Report();
            var progress = new VerifyProgress();
            await WithProgressAsync(scope, progress, async () =>
            {
                await foreach (var finding in audit.Verification.VerifyAsync(first, outside, progress, cancellation))
                {
                    var told = report.Add(finding) || scope.Get(all);
                    if (told && !scope.Get(json)) await scope.Out.WriteLineAsync(Line(finding));
                    else if (told && report.Findings.Count < MostInJson) report.Findings.Add(finding);
                }
            });
            if (scope.Get(json)) scope.WriteJson(new { progress.Seals, progress.Events, progress.UpTo, report.Wrong, report.Pruned, report.Findings });
            else await SummaryAsync(scope, progress, report);
            return report.Wrong == 0 ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static async Task<OutsideSeals?> OutsideAsync(CommandScope scope, LogAudit audit, string? file, CancellationToken cancellation)
    {
        if (file is null) return await audit.ReadSealFileAsync(cancellation);
        var outside = new OutsideSeals();
        using var lines = new StringReader(await scope.ReadFileAsync(file, cancellation));
        await outside.ReadAsync(lines, file, audit.Keys, cancellation);
        return outside;
    }

    private static string Line(AuditFinding finding)
    {
        var place = (finding.Stream, finding.Seal) switch
        {
            ({ } stream, { } seal) => string.Create(CultureInfo.InvariantCulture, $" (stream {stream}, seal {seal})"),
            ({ } stream, null) => $" (stream {stream})",
            (null, { } seal) when finding.Numbers is not null => string.Create(CultureInfo.InvariantCulture, $" (seal {seal})"),
            _ => "",
        };
        var kind = finding.IsWrong ? "wrong: " : finding.Kind is AuditFindingKind.Redacted or AuditFindingKind.Pruned ? "told:  " : "note:  ";
        return Listing.Printable($"{kind}{finding.Detail}{place}");
    }

    private static async Task SummaryAsync(CommandScope scope, VerifyProgress progress, Report report)
    {
        foreach (var (actor, streams) in report.Pruned)
            await scope.Out.WriteLineAsync(Listing.Printable($"told:  {Count(streams, "stream was", "streams were")} pruned by {actor}, and the sealed leaves are those of it"));
        var looked = $"{Count(progress.Seals, "seal", "seals")}, {Count(progress.Events, "event", "events")}";
        await scope.Out.WriteLineAsync(
            progress.Seals == 0 && report.Wrong == 0 ? "Nothing is sealed yet"
            : report.Wrong == 0 ? string.Create(CultureInfo.InvariantCulture, $"{looked}, up to number {progress.UpTo}: all is as it was sealed")
            : $"{looked}: {Count(report.Wrong, "thing is", "things are")} wrong");
    }

    private static string Count(long number, string one, string more) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : more)}");

    private static async Task WithProgressAsync(CommandScope scope, VerifyProgress progress, Func<Task> work)
    {
        if (Listing.Terminal(scope.Out) is not { } terminal)
        {
            await work();
            return;
        }

        await terminal.Status().StartAsync("Comparing", async status =>
        {
            using var timer = new Timer(
                _ => status.Status = $"{progress.Seals} seals, {progress.Events} events", null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            await work();
        });
    }

    /// <summary>What was found, in memory that does not grow with the log.</summary>
    private sealed class Report
    {
        public long Wrong { get; private set; }

        /// <summary>How many streams who pruned.</summary>
        public SortedDictionary<string, long> Pruned { get; } = new(StringComparer.Ordinal);

        public List<AuditFinding> Findings { get; } = [];

        /// <summary>Counts a finding.</summary>
        /// <returns>Whether it is worth a line of its own.</returns>
        public bool Add(AuditFinding finding)
        {
            if (finding.IsWrong) Wrong++;
            if (finding.Kind != AuditFindingKind.Pruned) return true;
            var actor = finding.Actor ?? "nobody known";
            Pruned[actor] = Pruned.GetValueOrDefault(actor) + 1;
            return false;
        }
    }
}
