using System.CommandLine;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.EventLog;
using Scalelite.Projections;
using Scalelite.Projections.Rebuild;
using Spectre.Console;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite projections rebuild</c>: read models from the log.</summary>
internal static class ProjectionsCommand
{
    public static Command Create() => new("projections", "The read models") { Rebuild() };

    private static Command Rebuild()
    {
        var name = new Argument<string>("NAME")
        {
            Description = $"One of {string.Join(", ", ReadModels.All.Select(model => model.Name))}; all if none is given",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verify = new Option<bool>("--verify") { Description = "Change nothing: build beside, compare, and report the first difference" };
        return new Command("rebuild", "Rebuild read models from the log while the system runs") { name, verify }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var asked = scope.GetOrNull(name);
                var models = ReadModels.All.Where(model => asked is null || model.Name == asked).ToList();
                if (models.Count == 0) return scope.Refuse($"There is no read model {Listing.Printable(asked)}: {string.Join(", ", ReadModels.All.Select(m => m.Name))}");
                var rebuild = new ReadModelRebuild(
                    scope.Get<NpgsqlDataSource>(), scope.Get<IDocumentStore>(), scope.Get<Func<EventRow, IEvent>>(), scope.Get<TimeProvider>());
                var code = ExitCode.Done;
                foreach (var model in models)
                {
                    code = Math.Max(code, scope.Get(verify)
                        ? await VerifyAsync(scope, rebuild, model, cancellation)
                        : await RebuildAsync(scope, rebuild, model, cancellation));
                }

                return code;
            });
    }

    private static async Task<int> RebuildAsync(CommandScope scope, ReadModelRebuild rebuild, ReadModel model, CancellationToken cancellation)
    {
        var changed = 0;
        await WithProgressAsync(scope, model.Name, async report => changed = await rebuild.RebuildAsync(model, report, cancellation));
        await scope.Out.WriteLineAsync($"{model.Name}: rebuilt, {changed} rows changed");
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(CommandScope scope, ReadModelRebuild rebuild, ReadModel model, CancellationToken cancellation)
    {
        IReadOnlyList<ReadModelDifference> differences = [];
        await WithProgressAsync(scope, model.Name, async report => differences = await rebuild.VerifyAsync(model, report, cancellation));
        if (differences.Count == 0) await scope.Out.WriteLineAsync($"{model.Name}: as the events say");
        foreach (var difference in differences) scope.Refuse($"{model.Name}: {Listing.Printable(difference.ToString())}");
        return differences.Count == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static async Task WithProgressAsync(CommandScope scope, string name, Func<Action<RebuildProgress>, Task> work)
    {
        if (Listing.Terminal(scope.Out) is not { } terminal)
        {
            await work(_ => { });
            return;
        }

        await terminal.Progress().AutoClear(true).StartAsync(async progress =>
        {
            var bar = progress.AddTask(name);
            await work(done =>
            {
                bar.MaxValue = Math.Max(1, done.Total);
                bar.Value = done.Done;
            });
        });
    }
}
