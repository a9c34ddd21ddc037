using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Recordings;

/// <summary><c>scalelite recordings …</c>: the catalog and the files.</summary>
internal static class RecordingsCommand
{
    public static Command Create() => new("recordings", "Recordings: the catalog and the files")
    {
        List(),
        Show(),
        Change("publish", "List recordings and let them be played", (operations, id, by, cancellation) =>
            operations.PublishAsync(id, by, cancellation)),
        Change("unpublish", "Let recordings not be played any more; they stay listed", (operations, id, by, cancellation) =>
            operations.UnpublishAsync(id, by, cancellation)),
        Change(
            "delete", "Delete recordings with their files",
            (operations, id, by, cancellation) => operations.DeleteAsync(id, "recordings delete", by, cancellation),
            ids => $"Delete {ids} recordings with their files?"),
        Change("restore", "Let deleted recordings come back with the next import of their archives", (operations, id, by, cancellation) =>
            operations.RestoreAsync(id, by, cancellation)),
        AddToTenant(),
        ExpireCommand.Create(),
        VerifyCommand.Create(),
    };

    private static Command List()
    {
        var ids = new Argument<string[]>("ID") { Description = "Recordings, or what their ids begin with; all if none is given", Arity = ArgumentArity.ZeroOrMore };
        var meetings = new Option<string[]>("--meeting") { Description = "Of this meetingID", HelpName = "ID" };
        var tenant = new Option<string>("--tenant") { Description = "Of this tenant, by id or name; '' for those of none", HelpName = "TENANT" };
        var states = new Option<RecordingState[]>("--state") { Description = "published, unpublished or deleted; without it all but the deleted" };
        var limit = new Option<int>("--limit") { Description = "No more than so many, the newest first", HelpName = "N", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(CommonOptions.Between(limit, 1, 1_000_000));
        var json = CommonOptions.Json();
        return new Command("list", "List recordings, the newest first") { ids, meetings, tenant, states, limit, json }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var tenantId = scope.Get(tenant);
                if (tenantId is { Length: > 0 } asked)
                {
                    tenantId = await TenantAsync(scope, asked, cancellation);
                    if (tenantId is null) return scope.Refuse($"Couldn't find tenant with id={Listing.Printable(asked)}");
                }

                var filter = new RecordingFilter
                {
                    TenantId = tenantId,
                    RecordIds = scope.GetOrNull(ids) is { Length: > 0 } given ? given : null,
                    MeetingIds = scope.Get(meetings) is { Length: > 0 } ofMeetings ? ofMeetings : null,
                    States = scope.Get(states) is { Length: > 0 } inStates ? inStates : [RecordingState.Published, RecordingState.Unpublished],
                    Limit = scope.Get(limit),
                };
                await using var page = await scope.Get<RecordingCatalog>().ListAsync(filter, cancellation);
                var rows = new List<RecordingRow>();
                while (await page.NextAsync(cancellation) is { } recording) rows.Add(RecordingRow.Of(recording));
                var code = scope.WriteList(rows, scope.Get(json), "No recordings", RecordingRow.Columns);
                if (!scope.Get(json) && page.Total > rows.Count) await scope.Out.WriteLineAsync($"{rows.Count} of {page.Total}; --limit shows more");
                return code;
            });
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The recordID" };
        var json = CommonOptions.Json();
        return new Command("show", "Show a recording with its formats, metadata and events") { id, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            if (await RecordingHistory.FindAsync(scope.Get<RecordingCatalog>(), scope.Get<EventLogReader>(), scope.Get(id), cancellation) is not { } history) return scope.Refuse(Unknown(scope.Get(id)));
            if (scope.Get(json)) return scope.WriteJson(history);
            scope.WriteOne(
                history.Recording, asJson: false,
                new("recording", row => row.RecordId), new("meeting", row => row.MeetingId), new("name", row => row.Name),
                new("tenant", row => row.TenantId.Length > 0 ? row.TenantId : null), new("state", row => row.State),
                new("protected", row => row.Protected ? "yes" : null), new("internal id", _ => history.InternalMeetingId),
                new("began at", row => RecordingRow.Time(row.StartedAt)), new("ended at", row => RecordingRow.Time(row.EndedAt)),
                new("participants", row => row.Participants?.ToString(CultureInfo.InvariantCulture)));
            foreach (var format in history.Formats)
                await scope.Out.WriteLineAsync($"format       {format.Format}, {format.Place.ToString().ToLowerInvariant()}, {format.Files} files, {format.Bytes} bytes");
            foreach (var (key, value) in history.Metadata) await scope.Out.WriteLineAsync($"meta         {Listing.Printable(key)} = {Listing.Printable(value)}");
            foreach (var e in history.Events)
                await scope.Out.WriteLineAsync($"{e.Version,3}  {RecordingRow.Time(e.Timestamp)}  {e.Type}  {Listing.Printable(e.Data.GetRawText())}");
            return ExitCode.Done;
        });
    }

    private static Command Change(
        string name, string description, Func<RecordingOperations, string, ChangedBy, CancellationToken, Task<RecordingOutcome>> change, Func<int, string>? question = null)
    {
        var ids = new Argument<string[]>("ID") { Description = "recordIDs", Arity = ArgumentArity.OneOrMore };
        var yes = CommonOptions.Yes();
        var command = new Command(name, description) { ids };
        if (question is not null) command.Add(yes);
        return command.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            var given = scope.Get(ids).Distinct(StringComparer.Ordinal).ToList();
            if (question is not null && !scope.Confirmed(scope.Get(yes), question(given.Count))) return scope.Refuse("Nothing was done");
            return await EachAsync(scope, given, id => change(scope.Get<RecordingOperations>(), id, scope.Actor, cancellation));
        });
    }

    private static Command AddToTenant()
    {
        var tenant = new Argument<string>("TENANT") { Description = "The tenant's id or name" };
        var ids = new Argument<string[]>("ID") { Description = "recordIDs; all recordings that belong to no tenant if none is given", Arity = ArgumentArity.ZeroOrMore };
        var yes = CommonOptions.Yes();
        return new Command("add-to-tenant", "Give recordings to a tenant") { tenant, ids, yes }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                if (await TenantAsync(scope, scope.Get(tenant), cancellation) is not { } tenantId)
                    return scope.Refuse($"Couldn't find tenant with id={Listing.Printable(scope.Get(tenant))}");
                var given = scope.GetOrNull(ids) is { Length: > 0 } some ? some.Distinct(StringComparer.Ordinal).ToList() : await OfNoTenantAsync(scope, cancellation);
                if (!scope.Confirmed(scope.Get(yes), $"Give {given.Count} recordings to tenant {Listing.Printable(scope.Get(tenant))}?"))
                    return scope.Refuse("Nothing was done");
                return await EachAsync(scope, given, id => scope.Get<RecordingOperations>().GiveToTenantAsync(id, tenantId, scope.Actor, cancellation));
            });
    }

    private static async Task<int> EachAsync(CommandScope scope, IReadOnlyList<string> ids, Func<string, Task<RecordingOutcome>> change)
    {
        var code = ExitCode.Done;
        foreach (var id in ids)
        {
            switch (await change(id))
            {
                case RecordingOutcome.Unknown:
                    code = scope.Refuse(Unknown(id));
                    break;
                case RecordingOutcome.Refused refused:
                    code = scope.Refuse($"{Listing.Printable(id)}: {Listing.Printable(refused.Why)}");
                    break;
                case RecordingOutcome.Done done:
                    await scope.Out.WriteLineAsync($"{Listing.Printable(id)}: OK{(done.FilesSettled ? "" : ", its files follow later")}");
                    break;
            }
        }

        return code;
    }

    private static string Unknown(string id) => $"Couldn't find recording with id={Listing.Printable(id)}";

    private static async Task<string?> TenantAsync(CommandScope scope, string idOrName, CancellationToken cancellation) =>
        (await scope.Get<TenantList>().ListAsync(cancellation)).FirstOrDefault(tenant =>
            tenant.Id == idOrName || tenant.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase))?.Id;

    private static async Task<List<string>> OfNoTenantAsync(CommandScope scope, CancellationToken cancellation)
    {
        await using var command = scope.Get<NpgsqlDataSource>().CreateCommand(
            "select record_id from recording_catalog where tenant_id = '' and state <> 'deleted' order by start_time, record_id");
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>();
        while (await row.ReadAsync(cancellation)) ids.Add(row.GetString(0));
        return ids;
    }
}
