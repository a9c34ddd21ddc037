using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers enable</c>: looks at the node first, so that a slip of the pen is seen before a class meets it.</summary>
internal static class EnableCommand
{
    public static Command Create()
    {
        var id = CommonOptions.ServerId();
        var noCheck = new Option<bool>("--no-check") { Description = "Do not ask the node first whether it answers and takes the secret" };
        return new Command("enable", "Let a server take meetings") { id, noCheck }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            if (!scope.Get(noCheck) && await scope.Get<ServerChecks>().CheckAsync(scope.Get(id), withMeeting: false, cancellation) is { } parts)
            {
                foreach (var part in parts.Where(part => part.Verdict == CheckVerdict.Doubtful))
                    await scope.Out.WriteLineAsync($"{part.Name}: {Listing.Printable(part.Detail)}");
                if (parts.FirstOrDefault(part => part.Verdict == CheckVerdict.Failed) is { } failed)
                    return scope.Refuse($"Not enabled: {failed.Name}: {Listing.Printable(failed.Detail)}. --no-check enables it all the same");
            }

            return await ServerAnswer.WriteAsync(
                scope, await scope.Get<ServerOperations>().EnableAsync(scope.Get(id), scope.Actor, cancellation), asJson: false, cancellation);
        });
    }
}
