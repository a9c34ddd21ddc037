using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Scalelite.Api.CommandLine;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

/// <summary>A command that a page shows can be typed as it stands there.</summary>
public sealed partial class DocumentedCommandsTests
{
    [Fact]
    public void Every_command_line_of_the_documents_can_be_read()
    {
        var shown = Pages().SelectMany(page => Commands(File.ReadAllText(page)).Select(line => (Page: Path.GetFileName(page), Line: line))).ToList();

        var wrong = shown
            .Select(command => (command.Page, command.Line, Errors: ErrorsOf(command.Line)))
            .Where(command => command.Errors.Count > 0)
            .Select(command => $"{command.Page}: {command.Line}: {string.Join(' ', command.Errors)}");

        Assert.Empty(wrong);
        Assert.True(shown.Count > 50, $"{shown.Count} were found");
    }

    private static List<string> ErrorsOf(string line)
    {
        // publish|unpublish are two commands that look alike, ID… is one or more, … alone stands for whatever is needed.
        var leavesOut = line.Contains(" …", StringComparison.Ordinal);
        var words = CommandLineParser.SplitCommandLine(Alternatives().Replace(line, "$1").Replace(" …", " x", StringComparison.Ordinal).Replace("…", "", StringComparison.Ordinal).Replace('\'', '"').Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)).Skip(1).ToList();
        var parsed = ScaleliteCommand.Parse(words);
        // Where a page says ID, the program wants one.
        return [.. parsed.Errors.Select(error => error.Message).Where(message => !message.Contains("System.Guid", StringComparison.Ordinal)
            && !(leavesOut && message.Contains("Required argument missing", StringComparison.Ordinal)))];
    }

    /// <summary>The lines of shell blocks: what stands in a sentence names a command, and need not be all of it.</summary>
    private static IEnumerable<string> Commands(string page) => ShellBlock().Matches(page)
        .SelectMany(block => block.Groups[1].Value.ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        .Select(Command).OfType<string>();

    private static string? Command(string line)
    {
        var begin = Begin().Match(line);
        if (!begin.Success) return null;
        var command = line[begin.Groups[1].Index..];
        return End().Replace(command, "").Trim() is { Length: > 10 } whole ? whole : null;
    }

    private static IEnumerable<string> Pages([CallerFilePath] string here = "")
    {
        var top = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..");
        return Directory.EnumerateFiles(Path.Combine(top, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(top, "README.md"))
            .Where(page => Path.GetFileName(Path.GetDirectoryName(page)) != "decisions");
    }

    [GeneratedRegex(@"```sh\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"(?<=\s)([a-z-]+)(\|[a-z-]+)+(?=\s)")]
    private static partial Regex Alternatives();

    [GeneratedRegex(@"^\s*(?:docker compose exec \S+ |sudo (?:-\S+ \S+ )?|[A-Z_]+=\S+ )*(scalelite\s.*)$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"(\s+#|\s+[|>&<]|;|\)).*$")]
    private static partial Regex End();
}
