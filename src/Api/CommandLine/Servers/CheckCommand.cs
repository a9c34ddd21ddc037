using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers check</c>: whether a node can be used, part by part.</summary>
internal static class CheckCommand
{
    private static readonly Column<CheckedPart>[] Columns =
    [
        new("", part => part.Name),
        new("verdict", part => part.Verdict.ToString().ToLowerInvariant()),
        new("", part => part.Detail),
    ];

    public static Command Create()
    {
        var id = CommonOptions.ServerId();
        var noMeeting = new Option<bool>("--no-meeting") { Description = "Do not create a meeting on it for a moment" };
        var json = CommonOptions.Json();
        return new Command("check", "Look whether a server can be used: API, secret, version, clock, latency, a meeting") { id, noMeeting, json }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                var parts = await scope.Get<ServerChecks>().CheckAsync(scope.Get(id), withMeeting: !scope.Get(noMeeting), cancellation);
                if (parts is null) return scope.Refuse($"Couldn't find server with id={Listing.Printable(scope.Get(id))}");
                scope.WriteList(parts, scope.Get(json), "Nothing was looked at", Columns);
                return parts.Any(part => part.Verdict == CheckVerdict.Failed) ? ExitCode.Refused : ExitCode.Done;
            });
    }
}
