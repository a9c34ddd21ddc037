using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine.History;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers …</c>: the pool.</summary>
internal static class ServersCommand
{
    private const Needs WithSecrets = Needs.Database | Needs.SealedSecrets;

    private static readonly Column<ServerRow>[] Columns =
    [
        new("id", row => row.Id),
        new("url", row => row.Url),
        new("state", row => Lower(row.State)),
        new("health", row => Lower(row.Health)),
        new("load", row => row.Load is { } load ? load.ToString("0.##", CultureInfo.InvariantCulture) : "unavailable", IsNumber: true),
        new("multiplier", row => row.LoadMultiplier.ToString("0.####", CultureInfo.InvariantCulture), IsNumber: true),
        new("tag", row => row.Tag),
        new("version", row => row.BbbVersion),
        new("error", row => row.Error),
    ];

    public static Command Create()
    {
        var json = CommonOptions.Json();
        return new Command("servers", "The servers of the pool; alone: list them")
        {
            json,
            List(),
            Add(),
            EnableCommand.Create(),
            Simple(
                "cordon", "Drain a server: no new meetings; it is disabled when its last one is gone",
                (operations, id, by, cancellation) => operations.CordonAsync(id, by, cancellation)),
            Simple(
                "disable", "Disable a server; its meetings are not joined any more",
                (operations, id, by, cancellation) => operations.DisableAsync(id, by, cancellation)),
            RemovableCommand.CreateRemove(),
            RemovableCommand.Create(),
            CheckCommand.Create(),
            Panic(),
            Tag(),
            LoadMultiplier(),
            Capacity(),
            Update(),
            ServerMeetings.Create(),
            AddAllCommand.Create(),
            SyncCommand.Create(),
            YamlCommand.Create(),
        }.Runs(Needs.Database, (scope, cancellation) => ListAsync(scope, scope.Get(json), cancellation));
    }

    private static Command List()
    {
        var at = PastCommand.AtOption();
        var json = CommonOptions.Json();
        return new Command("list", "List the servers with their state, health and load") { at, json }.Runs(Needs.Database, async (scope, cancellation) =>
            scope.Get(at) is { } moment
                ? await PastCommand.WriteAsync(
                    scope, moment, scope.Get(json), past => ServerRow.Of(past, scope.Settings.Placement),
                    rows => scope.WriteList(rows, false, "There were no servers", Columns), cancellation)
                : await ListAsync(scope, scope.Get(json), cancellation));
    }

    private static async Task<int> ListAsync(CommandScope scope, bool asJson, CancellationToken cancellation) =>
        scope.WriteList(await ServerRow.ListAsync(scope, cancellation), asJson, "No servers are configured", Columns);

    private static Command Add()
    {
        var url = new Argument<string>("URL") { Description = "The node's API base, https://node/bigbluebutton/api" };
        var secret = new Argument<string>("SECRET") { Description = "The node's shared secret; - reads it from standard input" };
        var multiplier = Multiplier("--load-multiplier");
        var tag = new Option<string>("--tag") { Description = "A tag; meetings that ask for it prefer this server" };
        var json = CommonOptions.Json();
        return new Command("add", "Add a server, disabled") { url, secret, multiplier, tag, json }.Runs(WithSecrets, async (scope, cancellation) =>
        {
            var outcome = await scope.Get<ServerOperations>().RegisterAsync(
                scope.Get(url), await scope.ReadSecretAsync(scope.Get(secret)), scope.Get(multiplier) ?? 1, scope.Get(tag), scope.Actor, cancellation);
            return await ServerAnswer.WriteAsync(scope, outcome, scope.Get(json), cancellation);
        });
    }

    private static Command Panic()
    {
        var id = CommonOptions.ServerId();
        var keepState = new Option<bool>("--keep-state") { Description = "Do not disable the server" };
        var skip = new Option<bool>("--skip-end-calls") { Description = "Do not ask the node to end the meetings" };
        var yes = CommonOptions.Yes();
        return new Command("panic", "Give a server's meetings up, whatever the node says, and disable it") { id, keepState, skip, yes }.Runs(
            WithSecrets,
            async (scope, cancellation) =>
            {
                if (!scope.Confirmed(scope.Get(yes), $"End all meetings of server {scope.Get(id)}?")) return scope.Refuse("Nothing was ended");
                var outcome = await scope.Get<ServerOperations>().PanicAsync(
                    scope.Get(id), scope.Get(keepState), scope.Get(skip), scope.Actor, cancellation);
                return await ServerAnswer.WriteAsync(scope, outcome, asJson: false, cancellation);
            });
    }

    private static Command Tag()
    {
        var id = CommonOptions.ServerId();
        var tag = new Argument<string>("TAG") { Description = "The tag; none or an empty one takes it away", Arity = ArgumentArity.ZeroOrOne };
        return new Command("tag", "Change a server's tag") { id, tag }.Runs(WithSecrets, (scope, cancellation) =>
            UpdateAsync(scope, scope.Get(id), new ServerChange(Tag: scope.GetOrNull(tag) ?? ""), asJson: false, cancellation));
    }

    private static Command LoadMultiplier()
    {
        var id = CommonOptions.ServerId();
        var multiplier = new Argument<decimal>("N") { Description = "How many times the server's load counts; higher means fewer meetings" };
        return new Command("load-multiplier", "Change a server's load multiplier") { id, multiplier }.Runs(WithSecrets, (scope, cancellation) =>
            UpdateAsync(scope, scope.Get(id), new ServerChange(LoadMultiplier: scope.Get(multiplier)), asJson: false, cancellation));
    }

    private static Command Capacity()
    {
        var id = CommonOptions.ServerId();
        var users = new Argument<string>("USERS") { Description = "How many users it is meant for; none takes that back" };
        return new Command("capacity", "Say how many users a server is meant for: shown by status, never a reason to refuse") { id, users }.Runs(
            WithSecrets,
            async (scope, cancellation) =>
            {
                var text = scope.Get(users);
                int? capacity = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
                if (capacity is null && text != "none") return scope.Refuse($"'{Listing.Printable(text)}' is no number of users, and not none");
                return await ServerAnswer.WriteAsync(
                    scope,
                    await scope.Get<ServerOperations>().ChangeCapacityAsync(scope.Get(id), capacity, scope.Actor, cancellation),
                    asJson: false,
                    cancellation);
            });
    }

    private static Command Update()
    {
        var id = CommonOptions.ServerId();
        var secret = new Option<string>("--secret") { Description = "Its new secret; - reads it from standard input" };
        var multiplier = Multiplier("--load-multiplier");
        var tag = new Option<string>("--tag") { Description = "Its new tag; an empty one takes it away" };
        var json = CommonOptions.Json();
        return new Command("update", "Change a server's secret, load multiplier or tag") { id, secret, multiplier, tag, json }.Runs(
            WithSecrets,
            async (scope, cancellation) =>
            {
                var newSecret = scope.Get(secret) is { } given ? await scope.ReadSecretAsync(given) : null;
                var change = new ServerChange(newSecret, scope.Get(multiplier), scope.Get(tag));
                return change == new ServerChange()
                    ? scope.Refuse("Nothing to change: give --secret, --load-multiplier or --tag")
                    : await UpdateAsync(scope, scope.Get(id), change, scope.Get(json), cancellation);
            });
    }

    private static Command Simple(
        string name, string description, Func<ServerOperations, string, ChangedBy, CancellationToken, Task<ServerOutcome>> operation)
    {
        var id = CommonOptions.ServerId();
        return new Command(name, description) { id }.Runs(WithSecrets, async (scope, cancellation) =>
            await ServerAnswer.WriteAsync(
                scope, await operation(scope.Get<ServerOperations>(), scope.Get(id), scope.Actor, cancellation), asJson: false, cancellation));
    }

    private static async Task<int> UpdateAsync(CommandScope scope, string id, ServerChange change, bool asJson, CancellationToken cancellation) =>
        await ServerAnswer.WriteAsync(
            scope, await scope.Get<ServerOperations>().UpdateAsync(id, change, scope.Actor, cancellation), asJson, cancellation);

    private static Option<decimal?> Multiplier(string name) => new(name) { Description = "How many times the server's load counts", HelpName = "N" };

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
