using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Recordings.Verifying;
using Spectre.Console;

namespace Scalelite.Api.CommandLine.Recordings;

/// <summary><c>scalelite recordings verify</c>: catalog and files, compared both ways.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var content = new Option<bool>("--content") { Description = "Also compare every file with the manifest of its import, byte by byte" };
        var repair = new Option<bool>("--repair")
        {
            Description = "Move what is in the wrong place, and set aside under .scalelite/orphans what the catalog does not know; no file is removed",
        };
        var forget = new Option<bool>("--forget-missing") { Description = "Take formats that have no files out of the catalog. See first that every volume is mounted" };
        var yes = CommonOptions.Yes();
        var json = CommonOptions.Json();
        return new Command("verify", "Compare the catalog with the files; exit code 1 if anything is wrong and was not put right")
        {
            content, repair, forget, yes, json,
        }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            var options = new VerifyOptions(scope.Get(content), scope.Get(repair), scope.Get(forget));
            if (options.ForgetMissing && !scope.Confirmed(scope.Get(yes), "Are all volumes with recordings mounted?"))
                return scope.Refuse("Nothing was done");
            var progress = new VerifyProgress();
            var findings = new List<Finding>();
            await WithProgressAsync(scope, progress, async () =>
            {
                await foreach (var finding in scope.Get<RecordingVerification>().VerifyAsync(options, progress, cancellation))
                {
                    findings.Add(finding);
                    if (!scope.Get(json)) await scope.Out.WriteLineAsync(Line(finding));
                }
            });
            var left = findings.Count(finding => !finding.Repaired);
            if (scope.Get(json)) scope.WriteJson(new { progress.Formats, progress.Folders, progress.Files, progress.WithoutManifest, Wrong = left, Findings = findings });
            else await scope.Out.WriteLineAsync(Summary(progress, options, findings.Count, left));
            return left == 0 ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static string Line(Finding finding)
    {
        var place = finding.Place is { } where ? $" in {where.ToString().ToLowerInvariant()}" : "";
        var path = finding.Path is null ? "" : $"/{finding.Path}";
        return Listing.Printable(
            $"{Word(finding.Kind)}: {finding.Format}/{finding.RecordId}{path}{place}: {finding.Detail}{(finding.Repaired ? " (put right)" : "")}");
    }

    private static string Word(FindingKind kind) => kind switch
    {
        FindingKind.FileMissing => "file missing",
        FindingKind.FileAltered => "file altered",
        FindingKind.FileUnlisted => "file unlisted",
        FindingKind.ManifestAltered => "manifest altered",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Summary(VerifyProgress progress, VerifyOptions options, int found, int left)
    {
        var read = options.Content ? $", {progress.Files} files compared, {progress.WithoutManifest} formats without a manifest" : "";
        var outcome = found == 0 ? "all as it should be" : $"{found} wrong, {found - left} put right";
        return $"{progress.Formats} formats in the catalog, {progress.Folders} with files{read}: {outcome}";
    }

    private static async Task WithProgressAsync(CommandScope scope, VerifyProgress progress, Func<Task> work)
    {
        if (Listing.Terminal(scope.Out) is not { } terminal)
        {
            await work();
            return;
        }

        await terminal.Status().StartAsync("Looking for files", async status =>
        {
            using var timer = new Timer(
                _ => status.Status = $"{progress.Formats} formats, {progress.Files} files", null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            await work();
        });
    }
}
