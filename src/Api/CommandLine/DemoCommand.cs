using System.CommandLine;
using System.Security.Cryptography;
using Scalelite.Api.Configuration;
using Scalelite.Api.Demo;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite demo</c>: a pool of simulated nodes, PostgreSQL and the load balancer in one process, with a school day to watch.</summary>
internal static class DemoCommand
{
    private const int SecretLength = 40;

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Run one day through, check everything, and exit: 0 if all went as told, else 1" };
        var port = new Option<int>("--port") { Description = "Where the load balancer listens on 127.0.0.1. 0 takes a free port", DefaultValueFactory = _ => 3000 };
        port.Validators.Add(CommonOptions.Between(port, 0, 65_535));
        var command = new Command("demo", "Watch a pool of simulated nodes at work; needs nothing set up") { once, port };
        command.SetAction((arguments, cancellation) => arguments.WithSettingsAsync(Needs.Nothing, async (settings, _) =>
        {
            var narrator = new DemoNarrator(arguments.InvocationConfiguration.Output);
            var options = new DemoOptions(
                arguments.GetValue(port),
                settings.Security.LoadBalancerSecrets is [var given, ..] ? given : RandomNumberGenerator.GetHexString(SecretLength, lowercase: true),
                settings.Database.ConnectionString,
                settings.Security.SecretKeyBase);
            try
            {
                await using var pool = await DemoPool.StartAsync(options, narrator.Note, cancellation);
                return await new DemoRun(pool, narrator).RunAsync(arguments.GetValue(once), cancellation);
            }
            catch (DemoRefusedException refused)
            {
                await arguments.InvocationConfiguration.Error.WriteLineAsync(refused.Message);
                return ExitCode.Refused;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !arguments.GetValue(once))
            {
                return ExitCode.Done;
            }
        }));
        return command;
    }
}
