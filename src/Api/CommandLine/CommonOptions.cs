using System.CommandLine;
using System.CommandLine.Parsing;

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

    /// <summary>Refuses a number out of bounds.</summary>
    public static Action<OptionResult> Between(Option<int> option, int least, int most) => result =>
    {
        if (result.Errors.Any()) return;
        var value = result.GetValue(option);
        if (value < least || value > most) result.AddError($"{option.Name} is from {least} to {most}, not {value}");
    };
}
