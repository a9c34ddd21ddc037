using System.CommandLine;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.Configuration;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Polling;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite poll --once</c>: asks every server now.</summary>
internal static class PollCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "One poll of every server; `serve` polls all the time" };
        var json = CommonOptions.Json();
        return new Command("poll", "Poll the servers now") { once, json }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            if (!scope.Get(once)) return scope.Refuse("Give --once; `scalelite serve --roles workers` polls all the time");
            var placement = scope.Settings.Placement;
            var youngSince = scope.Get<TimeProvider>().GetUtcNow() - placement.JoinBuffer;
            var servers = await scope.Get<ServerPool>().ListAsync(placement.MinimumUsers, youngSince, cancellation);
            await Parallel.ForEachAsync(
                servers,
                new ParallelOptions { MaxDegreeOfParallelism = scope.Settings.Polling.InFlight, CancellationToken = cancellation },
                async (server, stop) =>
                {
                    await using var one = scope.Get<IServiceScopeFactory>().CreateAsyncScope();
                    await one.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(new PollServer(server.Server.Id, server.Round + 1), stop);
                });
            return scope.WriteList(
                await ServerRow.ListAsync(scope, cancellation), scope.Get(json), "No servers are configured",
                new("id", row => row.Id), new("url", row => row.Url), new("health", row => row.Health.ToString().ToLowerInvariant()),
                new("error", row => row.Error));
        });
    }
}
