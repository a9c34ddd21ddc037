using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.CommandLine.Tenants;

/// <summary><c>scalelite tenants …</c>: who shares the pool. Tenants can be prepared before MULTITENANCY_ENABLED is set.</summary>
internal static class TenantsCommand
{
    private const Needs WithSecrets = Needs.Database | Needs.SealedSecrets;

    private static readonly Column<TenantRow>[] Columns =
    [
        new("id", row => row.Id),
        new("name", row => row.Name),
        new("state", row => row.Enabled ? "enabled" : "disabled"),
        new("secrets", row => Text(row.Secrets), IsNumber: true),
        new("meetings", row => Text(row.MeetingQuota), IsNumber: true),
        new("users", row => Text(row.UserQuota), IsNumber: true),
        new("days kept", row => Text(row.RetentionDays), IsNumber: true),
        new("lrs", row => row.LrsEndpoint),
        new("settings", row => Text(row.Settings), IsNumber: true),
    ];

    public static Command Create()
    {
        var json = CommonOptions.Json();
        return new Command("tenants", "The tenants that share the pool; alone: list them")
        {
            json,
            List(),
            Add(),
            Update(),
            TenantLrsCommands.Basic(),
            TenantLrsCommands.Token(),
            TenantLrsCommands.Remove(),
            Remove(),
            Simple("enable", "Take a tenant's creates and joins again", (operations, id, by, cancellation) => operations.EnableAsync(id, by, cancellation)),
            Simple(
                "disable", "Refuse a tenant's creates and joins; its meetings go on",
                (operations, id, by, cancellation) => operations.DisableAsync(id, by, cancellation)),
            Quota(),
            Retention(),
            TenantSettingsCommand.Create(),
        }.Runs(Needs.Database, (scope, cancellation) => ListAsync(scope, scope.Get(json), cancellation));
    }

    /// <summary>The id of a tenant.</summary>
    public static Argument<string> TenantId() => new("ID") { Description = "The tenant's id" };

    private static Command List()
    {
        var json = CommonOptions.Json();
        return new Command("list", "List the tenants with their quotas; never their secrets") { json }.Runs(
            Needs.Database, (scope, cancellation) => ListAsync(scope, scope.Get(json), cancellation));
    }

    private static async Task<int> ListAsync(CommandScope scope, bool asJson, CancellationToken cancellation) =>
        scope.WriteList(await TenantRow.ListAsync(scope, cancellation), asJson, "No tenants exist", Columns);

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "The first label of the host that its clients call" };
        var secrets = Secrets();
        var json = CommonOptions.Json();
        return new Command("add", "Add a tenant, enabled") { name, secrets, json }.Runs(WithSecrets, async (scope, cancellation) =>
        {
            var given = await scope.ReadSecretAsync(scope.Get(secrets));
            return await scope.AnswerAsync(
                await scope.Get<TenantOperations>().AddAsync(scope.Get(name), given, scope.Actor, cancellation), scope.Get(json), cancellation);
        });
    }

    private static Command Update()
    {
        var id = TenantId();
        var name = new Option<string>("--name") { Description = "Its new name" };
        var secrets = new Option<string>("--secrets")
        {
            Description = "All that its clients may sign with from now on, separated by ':'; a rotation without a gap names the new one beside the old; - reads them from standard input",
        };
        var json = CommonOptions.Json();
        return new Command("update", "Change a tenant's name or secrets") { id, name, secrets, json }.Runs(WithSecrets, async (scope, cancellation) =>
        {
            var change = new TenantChange(scope.Get(name), scope.Get(secrets) is { } given ? await scope.ReadSecretAsync(given) : null);
            return change == new TenantChange()
                ? scope.Refuse("Nothing to change: give --name or --secrets")
                : await scope.AnswerAsync(
                    await scope.Get<TenantOperations>().UpdateAsync(scope.Get(id), change, scope.Actor, cancellation), scope.Get(json), cancellation);
        });
    }

    private static Command Remove()
    {
        var id = TenantId();
        var yes = CommonOptions.Yes();
        return new Command("remove", "Take a tenant out: its clients are let in no more, its meetings run on until they end, its recordings stay") { id, yes }.Runs(
            WithSecrets,
            async (scope, cancellation) => scope.Confirmed(scope.Get(yes), $"Remove tenant {scope.Get(id)}?")
                ? await scope.AnswerAsync(
                    await scope.Get<TenantOperations>().RemoveAsync(scope.Get(id), scope.Actor, cancellation), asJson: false, cancellation)
                : scope.Refuse("Not removed"));
    }

    private static Command Quota()
    {
        var id = TenantId();
        var meetings = new Option<string>("--meetings") { Description = "Meetings at once, or none for no limit", HelpName = "N" };
        var users = new Option<string>("--users") { Description = "Users at once, or none for no limit", HelpName = "N" };
        var json = CommonOptions.Json();
        return new Command("quota", "Limit how many meetings and users a tenant has at once; what is not given stays") { id, meetings, users, json }.Runs(
            WithSecrets,
            async (scope, cancellation) =>
            {
                var (forMeetings, forUsers) = (scope.Get(meetings), scope.Get(users));
                if (forMeetings is null && forUsers is null) return scope.Refuse("Nothing to change: give --meetings or --users");
                if (!IsLimit(forMeetings) || !IsLimit(forUsers)) return scope.Refuse("A quota is a whole number from 0, or none");
                var outcome = await scope.Get<TenantOperations>().LimitAsync(
                    scope.Get(id),
                    now => (forMeetings is null ? now.Meetings : Limit(forMeetings), forUsers is null ? now.Users : Limit(forUsers)),
                    scope.Actor,
                    cancellation);
                return await scope.AnswerAsync(outcome, scope.Get(json), cancellation);
            });
    }

    private static Command Retention()
    {
        var id = TenantId();
        var days = new Argument<string>("DAYS") { Description = "How many days its recordings are kept, or none to leave it to RECORDING_RETENTION_DAYS" };
        return new Command("retention", "Say how long a tenant's recordings are kept") { id, days }.Runs(WithSecrets, async (scope, cancellation) =>
            IsLimit(scope.Get(days))
                ? await scope.AnswerAsync(
                    await scope.Get<TenantOperations>().KeepRecordingsAsync(scope.Get(id), Limit(scope.Get(days)), scope.Actor, cancellation),
                    asJson: false,
                    cancellation)
                : scope.Refuse("DAYS is a whole number, or none"));
    }

    private static Command Simple(
        string name, string description, Func<TenantOperations, string, ChangedBy, CancellationToken, Task<TenantOutcome>> operation)
    {
        var id = TenantId();
        return new Command(name, description) { id }.Runs(WithSecrets, async (scope, cancellation) => await scope.AnswerAsync(
            await operation(scope.Get<TenantOperations>(), scope.Get(id), scope.Actor, cancellation), asJson: false, cancellation));
    }

    private static Argument<string> Secrets() =>
        new("SECRETS") { Description = "What its clients sign with, several separated by ':'; - reads them from standard input" };

    private static bool IsLimit(string? text) => text is null or "none" || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static int? Limit(string text) => text == "none" ? null : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
