using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Api.Hosting;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite serve</c>: the load balancer.</summary>
internal static partial class ServeCommand
{
    public static Command Create()
    {
        var roles = new Option<Roles>("--roles")
        {
            Description = "What this process does: api, workers, or both",
            HelpName = "api,workers",
            DefaultValueFactory = _ => Roles.Api | Roles.Workers,
            CustomParser = result =>
            {
                var parsed = Roles.None;
                foreach (var name in result.Tokens.SelectMany(token => token.Value.Split(',')))
                {
                    var one = name.Trim() switch { "api" => Roles.Api, "workers" => Roles.Workers, _ => Roles.None };
                    if (one == Roles.None) result.AddError($"'{name}' is not a role: api, workers");
                    parsed |= one;
                }

                return parsed;
            },
        };
        var command = new Command("serve", "Run the load balancer until it is told to stop") { roles };
        command.SetAction((arguments, cancellation) =>
        {
            var chosen = arguments.GetValue(roles);
            var needs = chosen.HasFlag(Roles.Api) ? Needs.Everything : Needs.Database | Needs.SealedSecrets;
            return arguments.WithSettingsAsync(needs, async (settings, notices) =>
            {
                await using var built = await ScaleliteHost.BuildAsync(settings, chosen, cancellation);
                var log = built.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Scalelite");
                foreach (var notice in notices) Log.Notice(log, notice);
                if (chosen.HasFlag(Roles.Workers)) foreach (var notice in RecordingFolders.Notices(settings)) Log.Notice(log, notice);
                await built.Host.StartAsync(cancellation);
                if (chosen.HasFlag(Roles.Api)) Log.Listening(log, settings.Http.Listen);
                await built.Host.WaitForShutdownAsync(cancellation);
                return ExitCode.Done;
            });
        });
        return command;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
        public static partial void Notice(ILogger logger, string notice);

        [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Address}")]
        public static partial void Listening(ILogger logger, string address);
    }
}
