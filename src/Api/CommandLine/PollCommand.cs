using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Polling;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite poll</c>: asks every server now, once or again and again.</summary>
internal static class PollCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "One poll of every server, with what came of it; without, one every POLL_INTERVAL until told to stop" };
        var json = CommonOptions.Json();
        return new Command("poll", "Poll the servers now. Where `serve` runs with its workers there is no need to") { once, json }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                if (scope.Get(once))
                {
                    await RoundAsync(scope, cancellation);
                    return scope.WriteList(
                        await ServerRow.ListAsync(scope, cancellation), scope.Get(json), "No servers are configured",
                        new("id", row => row.Id), new("url", row => row.Url), new("health", row => row.Health.ToString().ToLowerInvariant()),
                        new("error", row => row.Error));
                }

                if (scope.Get(json)) return scope.Refuse("--json prints one poll: give --once too");
                try
                {
                    await GoOnAsync(scope, cancellation);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // That is how it ends.
                }

                return ExitCode.Done;
            });
    }

    private static async Task GoOnAsync(CommandScope scope, CancellationToken cancellation)
    {
        var time = scope.Get<TimeProvider>();
        using var timer = new PeriodicTimer(scope.Settings.Polling.Interval, time);
        do
        {
            await RoundAsync(scope, cancellation);
            var servers = await ServerRow.ListAsync(scope, cancellation);
            var offline = servers.Count(server => server.Health != Health.Online);
            await scope.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:u}  {servers.Count} servers polled, {offline} of them not online"));
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private static async Task RoundAsync(CommandScope scope, CancellationToken cancellation)
    {
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
    }
}
