using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers add-all</c>: adds the servers that a file lists, disabled.</summary>
internal static class AddAllCommand
{
    public static Command Create()
    {
        var file = new InputFileArgument("FILE") { Description = "YAML: servers: [{url: …, secret: …}]; - reads standard input" };
        return new Command("add-all", "Add the servers that a file lists, disabled") { file }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                IReadOnlyList<FileServer> servers;
                try
                {
                    servers = await SyncCommand.ReadAsync(scope, scope.Get(file), PoolFile.ReadList, cancellation);
                }
                catch (PoolFileException wrong)
                {
                    return scope.Refuse(Listing.Printable(wrong.Message));
                }

                // The others are added all the same, as many as can be.
                var code = ExitCode.Done;
                foreach (var server in servers)
                {
                    var outcome = await scope.Get<ServerOperations>().RegisterAsync(
                        server.Url, server.Secret, server.LoadMultiplier, server.Tag, scope.Actor, cancellation);
                    if (outcome is ServerOutcome.Done done)
                    {
                        await scope.Out.WriteLineAsync($"server: {server.Url}");
                        await scope.Out.WriteLineAsync($"id: {done.ServerId}");
                    }
                    else
                    {
                        code = scope.Refuse(Listing.Printable(outcome is ServerOutcome.Refused refused ? refused.Why : $"{server.Url} was not added"));
                    }
                }

                return code;
            });
    }
}
