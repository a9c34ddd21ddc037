using System.CommandLine;

namespace Scalelite.Api.CommandLine.Remote;

/// <summary>Options of every command: where it runs, as whom, and why.</summary>
internal static class RemoteOptions
{
    /// <summary>Where to, where the option is not given.</summary>
    public const string UrlVariable = "SCALELITE_URL";

    /// <summary>The token. It is no option: others see a process's arguments.</summary>
    public const string TokenVariable = "SCALELITE_TOKEN";

    /// <summary>A reason is no longer than this.</summary>
    public const int LongestReason = 500;

    /// <summary><c>--url</c>.</summary>
    public static readonly Option<string> Url = new("--url")
    {
        Description = $"Have a running instance do it: its address, such as https://scalelite.example.org. Also {UrlVariable}",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary><c>--token-file</c>.</summary>
    public static readonly Option<string> TokenFile = new("--token-file")
    {
        Description = $"The file that holds the token for --url; without it, {TokenVariable} holds the token",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary><c>--reason</c>.</summary>
    public static readonly Option<string> Reason = CreateReason();

    /// <summary>True for a line that events may carry as a reason.</summary>
    public static bool IsReason(string reason) => reason.Length <= LongestReason && !reason.Any(char.IsControl);

    /// <summary>The arguments without these options and their values.</summary>
    public static string[] Without(IReadOnlyList<string> arguments)
    {
        string[] names = [Url.Name, TokenFile.Name, Reason.Name];
        var kept = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--") return [.. kept, .. arguments.Skip(i)];
            if (names.Contains(argument)) i++;
            else if (!names.Any(name => argument.StartsWith(name + "=", StringComparison.Ordinal) || argument.StartsWith(name + ":", StringComparison.Ordinal))) kept.Add(argument);
        }

        return [.. kept];
    }

    private static Option<string> CreateReason()
    {
        var reason = new Option<string>("--reason")
        {
            Description = $"Why, for those who read the events: a line of up to {LongestReason} characters",
            HelpName = "TEXT",
            Recursive = true,
        };
        reason.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && !IsReason(given.Value)) result.AddError($"A reason is one line of up to {LongestReason} characters");
        });
        return reason;
    }
}
