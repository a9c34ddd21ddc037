using System.CommandLine;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine;

/// <summary>One run of a command: where its settings come from, and everything of the person who gave it.</summary>
internal sealed class CommandInvocation(IConfiguration settings) : InvocationConfiguration
{
    /// <summary>Where the settings come from.</summary>
    public IConfiguration Settings => settings;

    /// <summary>Standard input.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>The files that arguments name.</summary>
    public ICommandFiles Files { get; init; } = LocalFiles.Instance;

    /// <summary>Asks the person a question; null where nobody is there to be asked, and nothing is.</summary>
    public Func<string, bool>? Ask { get; init; }

    /// <summary>Who gave the command: the events' actor.</summary>
    public ChangedBy By { get; init; } = new($"cli:{Environment.UserName}");

    /// <summary>The instance that the command runs in; null where it runs in a process of its own.</summary>
    public IServiceProvider? Instance { get; init; }

    /// <summary>This process's streams, for a person at its terminal.</summary>
    public static CommandInvocation AtTerminal(IConfiguration settings, TextWriter output, TextWriter error)
    {
        var asks = ReferenceEquals(output, Console.Out) && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        return new(settings) { Output = output, Error = error, Input = Console.In, Ask = asks ? question => AskAtTerminal(output, question) : null };
    }

    private static bool AskAtTerminal(TextWriter output, string question)
    {
        output.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
