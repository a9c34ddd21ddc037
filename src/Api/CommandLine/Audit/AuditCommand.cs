using System.CommandLine;
using Npgsql;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine.Audit;

/// <summary><c>scalelite audit …</c>: who changed what, and whether the log is what it was.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Who changed what, and whether the log is what it was") { Log(), VerifyCommand.Create() };

    private static Command Log()
    {
        var from = TimeOption.Create("--from", "Not before");
        var to = TimeOption.Create("--to", "Before");
        var actor = new Option<string>("--actor") { Description = "Only what this one did, such as cli:root or token:NAME", HelpName = "WHO" };
        var all = new Option<bool>("--all") { Description = "Also each stream of old polls, joins or callbacks that was pruned" };
        var limit = new Option<int>("--limit") { Description = "How many at most", DefaultValueFactory = _ => 100 };
        limit.Validators.Add(CommonOptions.Between(limit, 1, 1_000_000));
        var json = CommonOptions.Json();
        return new Command("log", "List administrative changes, the newest first: who, when, from where, what and why") { from, to, actor, all, limit, json }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var now = scope.Get<TimeProvider>().GetUtcNow();
                return scope.WriteList(
                    await ChangeRow.ListAsync(
                        scope.Get<NpgsqlDataSource>(), scope.Get(from)?.At(now), scope.Get(to)?.At(now), scope.Get(actor), scope.Get(all), null, scope.Get(limit), cancellation),
                    scope.Get(json), "No changes", ChangeRow.Columns);
            });
    }
}
