using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Recordings;

namespace Scalelite.Api.CommandLine.Recordings;

/// <summary><c>scalelite recordings expire</c>: recordings whose time is over.</summary>
internal static class ExpireCommand
{
    private static readonly Column<ExpiredRecording>[] Columns =
    [
        new("recording", row => row.RecordId),
        new("meeting", row => row.MeetingId),
        new("tenant", row => row.TenantId),
        new("name", row => row.Name),
        new("ended at", row => RecordingRow.Time(row.EndedAt)),
        new("kept, days", row => row.Kept.TotalDays.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture), IsNumber: true),
    ];

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Delete nothing: show which would be" };
        var yes = CommonOptions.Yes();
        var json = CommonOptions.Json();
        return new Command("expire", "Delete recordings that have been kept as long as RECORDING_RETENTION_DAYS or their tenant says; workers do so every hour")
        {
            dryRun, yes, json,
        }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            var retention = scope.Get<RecordingRetention>();
            if (!scope.Get(dryRun))
            {
                if (!scope.Confirmed(scope.Get(yes), "Delete all recordings whose time is over?")) return scope.Refuse("Nothing was deleted");
                var deleted = new List<ExpiredRecording>();
                await retention.ExpireAsync(scope.Actor, deleted.Add, cancellation);
                return scope.WriteList(deleted, scope.Get(json), "No recording's time is over", Columns);
            }

            return scope.WriteList(
                await retention.ExpiredAsync(cancellation).ToListAsync(cancellation), scope.Get(json), "No recording's time is over", Columns);
        });
    }
}
