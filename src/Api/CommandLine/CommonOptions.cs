using System.CommandLine;
using System.CommandLine.Parsing;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, for a program" };

    /// <summary><c>--yes</c>: nothing is asked.</summary>
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask" };

    /// <summary>The id of a server.</summary>
    public static Argument<string> ServerId() => new("ID") { Description = "The server's id" };

    /// <summary>Who types: the events' actor.</summary>
    public static ChangedBy Actor => new($"cli:{Environment.UserName}");

    /// <summary>Refuses a number out of bounds.</summary>
    public static Action<OptionResult> Between(Option<int> option, int least, int most) => result =>
    {
        if (result.Errors.Any()) return;
        var value = result.GetValue(option);
        if (value < least || value > most) result.AddError($"{option.Name} is from {least} to {most}, not {value}");
    };

    /// <summary>True if the command may go on: asked at a terminal, told by <c>--yes</c>, or with nobody to ask.</summary>
    public static bool Confirmed(bool yes, TextWriter output, string question)
    {
        if (yes || Console.IsInputRedirected || Console.IsOutputRedirected) return true;
        output.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
