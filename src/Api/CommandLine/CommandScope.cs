using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.CommandLine;

/// <summary>What a command works with: its arguments, the settings, the services, and where it writes.</summary>
internal sealed class CommandScope(ParseResult arguments, Settings settings, IServiceProvider services)
{
    /// <summary>The settings.</summary>
    public Settings Settings => settings;

    /// <summary>Standard output.</summary>
    public TextWriter Out => arguments.InvocationConfiguration.Output;

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
    /// <summary>Lets the command run in a host without roles: services and database, but no port and no handlers.</summary>
    public static Command Runs(this Command command, Needs needs, Func<CommandScope, CancellationToken, Task<int>> run)
    {
        command.SetAction((arguments, cancellation) => arguments.WithSettingsAsync(needs, async (settings, _) =>
        {
            await using var host = await Hosting.ScaleliteHost.BuildAsync(settings, Hosting.Roles.None, cancellation);
            await using var scope = host.Services.CreateAsyncScope();
            return await run(new CommandScope(arguments, settings, scope.ServiceProvider), cancellation);
        }));
        return command;
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
