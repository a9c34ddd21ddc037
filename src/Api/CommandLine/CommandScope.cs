using System.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine;

/// <summary>
/// What a command works with: its arguments, the settings, the services, and all of the person who gave it. The person may sit at another
/// machine: so a command touches neither <see cref="Console"/> nor files but through this.
/// </summary>
internal sealed class CommandScope(ParseResult arguments, Settings settings, IServiceProvider services)
{
    private CommandInvocation Invocation => (CommandInvocation)arguments.InvocationConfiguration;

    /// <summary>The settings.</summary>
    public Settings Settings => settings;

    /// <summary>Standard output.</summary>
    public TextWriter Out => arguments.InvocationConfiguration.Output;

    /// <summary>Standard input.</summary>
    public TextReader In => Invocation.Input;

    /// <summary>Who gave the command: the events' actor.</summary>
    public ChangedBy Actor => arguments.GetValue(RemoteOptions.Reason) is { } reason && !string.IsNullOrWhiteSpace(reason)
        ? Invocation.By with { Reason = reason.Trim() }
        : Invocation.By;

    /// <summary>A service of the host.</summary>
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>The value of an argument.</summary>
    public T Get<T>(Argument<T> argument) => arguments.GetRequiredValue(argument);

    /// <summary>The value of an argument that may be left out.</summary>
    public T? GetOrNull<T>(Argument<T> argument)
        where T : class => arguments.GetValue(argument);

    /// <summary>The value of an option.</summary>
    public T? Get<T>(Option<T> option) => arguments.GetValue(option);

    /// <summary>True if the command may go on: asked, told by <c>--yes</c>, or with nobody to ask.</summary>
    public bool Confirmed(bool yes, string question) => yes || Invocation.Ask is not { } ask || ask(question);

    /// <summary>The text of a file that an argument names; <c>-</c> is standard input.</summary>
    /// <exception cref="IOException">It cannot be read; or <see cref="UnauthorizedAccessException"/>.</exception>
    public Task<string> ReadFileAsync(string path, CancellationToken cancellation) =>
        path == "-" ? In.ReadToEndAsync(cancellation) : Invocation.Files.ReadAsync(path, cancellation);

    /// <summary>Begins a file that an argument names; what is written is there when the stream is disposed.</summary>
    /// <exception cref="IOException">It cannot be written; or <see cref="UnauthorizedAccessException"/>.</exception>
    public Stream CreateFile(string path) => Invocation.Files.Create(path);

    /// <summary>The same for text: UTF-8.</summary>
    /// <exception cref="IOException">It cannot be written; or <see cref="UnauthorizedAccessException"/>.</exception>
    public TextWriter CreateTextFile(string path) => Invocation.Files.CreateText(path);

    /// <summary>A secret as it was typed; <c>-</c> reads it from standard input.</summary>
    public async Task<string> ReadSecretAsync(string given) => given == "-" ? (await In.ReadLineAsync())?.Trim() ?? "" : given;

    /// <summary>Says on standard error why the command was not done.</summary>
    /// <returns><see cref="ExitCode.Refused"/>.</returns>
    public int Refuse(string why)
    {
        arguments.InvocationConfiguration.Error.WriteLine(why);
        return ExitCode.Refused;
    }
}

/// <summary>A command that can be run.</summary>
internal static class CommandRunning
{
    /// <summary>
    /// Lets the command run in a host without roles (services and database, but no port and no handlers), or in the instance that runs it for
    /// somebody else.
    /// </summary>
    public static Command Runs(this Command command, Needs needs, Func<CommandScope, CancellationToken, Task<int>> run)
    {
        command.SetAction((arguments, cancellation) => ((CommandInvocation)arguments.InvocationConfiguration).Instance is { } instance
            ? RunInAsync(instance, arguments, run, cancellation)
            : arguments.WithSettingsAsync(needs, async (settings, _) =>
            {
                await using var host = await Hosting.ScaleliteHost.BuildAsync(settings, Hosting.Roles.None, cancellation);
                await using var scope = host.Services.CreateAsyncScope();
                return await run(new CommandScope(arguments, settings, scope.ServiceProvider), cancellation);
            }));
        return command;
    }

    private static async Task<int> RunInAsync(
        IServiceProvider instance, ParseResult arguments, Func<CommandScope, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        await using var scope = instance.CreateAsyncScope();
        return await run(new CommandScope(arguments, instance.GetRequiredService<Settings>(), scope.ServiceProvider), cancellation);
    }

    /// <summary>Reads the settings and runs; what an operator can put right is said in a line each, without a stack trace.</summary>
    public static async Task<int> WithSettingsAsync(
        this ParseResult arguments, Needs needs, Func<Settings, IReadOnlyList<string>, Task<int>> run)
    {
        var error = arguments.InvocationConfiguration.Error;
        var reading = SettingsReading.From(((CommandInvocation)arguments.InvocationConfiguration).Settings, needs);
        if (reading.Settings is null)
        {
            foreach (var problem in reading.Problems) await error.WriteLineAsync(problem);
            return ExitCode.Refused;
        }

        try
        {
            return await run(reading.Settings, reading.Notices);
        }
        catch (Exception e) when (OperatorError.Explain(e) is { } line)
        {
            await error.WriteLineAsync(line);
            return ExitCode.Refused;
        }
    }
}
