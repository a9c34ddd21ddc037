using System.CommandLine;
using System.CommandLine.Invocation;
using Scalelite.Api.CommandLine.Callbacks;
using Scalelite.Api.CommandLine.Imports;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.CommandLine.Recordings;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.CommandLine.Tenants;
using Scalelite.Api.CommandLine.Tokens;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine;

/// <summary>The command <c>scalelite</c> with all that is below it.</summary>
internal static class ScaleliteCommand
{
    // After Ctrl+C or SIGTERM: requests in flight are answered, handlers end, the demo stops its PostgreSQL.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    /// <summary>Runs what the arguments say.</summary>
    /// <param name="settings">Where the settings come from; null: <see cref="SettingsReading.Sources"/>.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        string[] arguments, TextWriter output, TextWriter error, IConfiguration? settings = null, CancellationToken cancellation = default)
    {
        var invocation = CommandInvocation.AtTerminal(settings ?? SettingsReading.Sources(), output, error);
        invocation.EnableDefaultExceptionHandler = false;
        invocation.ProcessTerminationTimeout = StopWithin;
        return await RunAsync(arguments, invocation, cancellation);
    }

    /// <summary>Runs what the arguments say, with these streams.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, CommandInvocation invocation, CancellationToken cancellation = default)
    {
        var parsed = Create().Parse(arguments);
        var code = await parsed.InvokeAsync(invocation, cancellation);
        return parsed.Action is ParseErrorAction ? ExitCode.Usage : code;
    }

    private static RootCommand Create() => new("A load balancer that makes a pool of BigBlueButton nodes look like one, and remembers everything that it did")
    {
        ServeCommand.Create(),
        DemoCommand.Create(),
        SimulateCommand.Create(),
        ServersCommand.Create(),
        StatusCommand.Create(),
        PollCommand.Create(),
        MeetingsCommand.Create(),
        ImportsCommand.Create(),
        TenantsCommand.Create(),
        CallbacksCommand.Create(),
        RecordingsCommand.Create(),
        TokensCommand.Create(),
        ProjectionsCommand.Create(),
        EventsCommand.Create(),
        ImportScaleliteCommand.Create(),
        SettingsCommand.Create(),
        CompletionCommand.Create(),
    };
}
