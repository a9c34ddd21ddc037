using System.CommandLine;
using System.CommandLine.Invocation;
using Scalelite.Api.CommandLine.Analytics;
using Scalelite.Api.CommandLine.Audit;
using Scalelite.Api.CommandLine.Callbacks;
using Scalelite.Api.CommandLine.Explain;
using Scalelite.Api.CommandLine.Export;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Api.CommandLine.Imports;
using Scalelite.Api.CommandLine.Keeping;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.CommandLine.Recordings;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.CommandLine.Tenants;
using Scalelite.Api.CommandLine.Tokens;
using Scalelite.Api.CommandLine.WhatIf;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine;

/// <summary>The command <c>scalelite</c> with all that is below it.</summary>
internal static class ScaleliteCommand
{
    // After Ctrl+C or SIGTERM: requests in flight are answered, handlers end, the demo stops its PostgreSQL.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);

    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private static readonly Lazy<RootCommand> Root = new(Create);

    /// <summary>The commands.</summary>
    public static RootCommand Commands => Root.Value;

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
        var parsed = Parse(arguments);
        if (!IsCommand(parsed)) return await RunHereAsync(parsed, invocation, cancellation);
        var place = CommandRoles.Of(CommandRoles.PathOf(parsed.CommandResult));
        var given = parsed.GetValue(RemoteOptions.Url);
        var url = given ?? (place.IsOfThisMachine ? null : invocation.Settings[RemoteOptions.UrlVariable]);
        if (string.IsNullOrWhiteSpace(url)) return await RunHereAsync(parsed, invocation, cancellation);
        if (place.Role is not null) return await RemoteCommand.RunAsync(parsed, arguments, url, invocation, cancellation);
        await invocation.Error.WriteLineAsync(
            $"'{CommandRoles.PathOf(parsed.CommandResult)}' is not run by an instance elsewhere: {place.WhyNot}. Run it without "
            + (given is null ? RemoteOptions.UrlVariable : RemoteOptions.Url.Name));
        return ExitCode.Refused;
    }

    /// <summary>Reads a command line. An argument that begins with <c>@</c> is that and no file: secrets may begin so.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments) => Root.Value.Parse(arguments, Parsing);

    /// <summary>True for a command of ours; false for help, completion, and what cannot be read.</summary>
    public static bool IsCommand(ParseResult parsed) => parsed.Action is not null && parsed.Action == parsed.CommandResult.Command.Action;

    /// <summary>Runs it in this process.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunHereAsync(ParseResult parsed, CommandInvocation invocation, CancellationToken cancellation)
    {
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
        ExplainCommand.Create(),
        ImportsCommand.Create(),
        TenantsCommand.Create(),
        CallbacksCommand.Create(),
        RecordingsCommand.Create(),
        TokensCommand.Create(),
        PruneCommand.Create(),
        ForgetCommand.Create(),
        AuditCommand.Create(),
        ProjectionsCommand.Create(),
        EventsCommand.Create(),
        ExportCommand.Create(),
        AnalyticsCommand.Create(),
        ImbalanceCommand.Create(),
        WhatIfCommand.Create(),
        ImportScaleliteCommand.Create(),
        SettingsCommand.Create(),
        CompletionCommand.Create(),
        RemoteOptions.Url,
        RemoteOptions.TokenFile,
        RemoteOptions.Reason,
    };
}
