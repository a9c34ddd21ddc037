using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary>What came of an operation on a server, as commands say it.</summary>
internal static class ServerAnswer
{
    /// <summary>Prints it; an unknown id or a refusal on standard error.</summary>
    public static async Task<int> WriteAsync(CommandScope scope, ServerOutcome outcome, bool asJson, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case ServerOutcome.Unknown unknown:
                return scope.Refuse($"Couldn't find server with id={Listing.Printable(unknown.ServerId)}");
            case ServerOutcome.Refused refused:
                return scope.Refuse(Listing.Printable(refused.Why));
            case ServerOutcome.Done done:
                if (asJson)
                {
                    var row = (await ServerRow.ListAsync(scope, cancellation)).FirstOrDefault(server => server.Id == done.ServerId);
                    return scope.WriteJson(row);
                }

                await scope.Out.WriteLineAsync(done.EndedMeetings > 0 ? $"OK, {done.EndedMeetings} meetings given up" : "OK");
                await scope.Out.WriteLineAsync($"id: {done.ServerId}");
                return ExitCode.Done;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} has no answer");
        }
    }
}
