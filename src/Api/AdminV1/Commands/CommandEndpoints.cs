using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections.AdminTokens;

namespace Scalelite.Api.AdminV1.Commands;

/// <summary>The command line, for those who sit elsewhere: <c>scalelite --url</c>.</summary>
internal static class CommandEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(
            "POST", "/commands", "runCommand",
            "Run a command of the command line here, and send what it says as it says it. Each command has its own role",
            AdminRole.Viewer, RunAsync)
        {
            Body = typeof(CommandOrder),
            LongestBody = RemoteCommand.LongestOrder,
            Result = typeof(CommandFrame),
            ResultType = "application/x-ndjson",
            Problems = [ProblemKind.Refused],
        },
    ];

    private static Task<ApiAnswer> RunAsync(ApiCall call)
    {
        var order = call.Body<CommandOrder>();
        if (order.Arguments.Any(argument => argument is null) || order.Files?.Values.Any(text => text is null) == true || order.Confirmed?.Any(question => question is null) == true)
            return Task.FromResult(ApiAnswer.Fails(ProblemKind.BadRequest, "A text of the order is null"));
        var parsed = ScaleliteCommand.Parse(order.Arguments);
        var path = CommandRoles.PathOf(parsed.CommandResult);
        var isCommand = ScaleliteCommand.IsCommand(parsed);
        if (isCommand)
        {
            var place = CommandRoles.Of(path);
            if (place.Role is not { } role)
                return Task.FromResult(ApiAnswer.Fails(ProblemKind.Refused, $"'{path}' is not run by an instance elsewhere: {place.WhyNot}"));
            if (call.Role < role)
            {
                return Task.FromResult(ApiAnswer.Fails(
                    ProblemKind.Forbidden, $"'{path}' needs the role {ListedToken.NameOf(role)}; the token has {ListedToken.NameOf(call.Role)}"));
            }
        }

        if (RemoteOptions.Without(order.Arguments).Length != order.Arguments.Count)
            return Task.FromResult(ApiAnswer.Fails(ProblemKind.BadRequest, "--url, --token-file and --reason are for where the command is typed"));
        return Task.FromResult(call.Get<CommandRuns>().Begin(parsed, isCommand ? path : "help", order, call.By));
    }
}
