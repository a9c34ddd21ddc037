using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.WhatIf;

/// <summary>docs/placement.md shows what the command says today: each of its commands is run, and its table and picture compared.</summary>
public sealed partial class PlacementDocumentTests
{
    [Fact]
    public async Task Tables_and_pictures_are_those_of_a_fresh_run()
    {
        var document = await File.ReadAllTextAsync(InDocs("placement.md"));
        var shown = Shown().Matches(document);
        Assert.Equal(["school-morning", "webinar", "exam-week", "node-failure"], shown.Select(match => match.Groups["scenario"].Value).Distinct());
        foreach (Match match in shown)
        {
            var picture = match.Groups["picture"].Value;
            var drawn = Path.GetTempFileName();
            try
            {
                var options = match.Groups["options"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var ran = await new Commands().RunAsync(
                    ["whatif", "--scenario", match.Groups["scenario"].Value, .. options, "--markdown", .. picture.Length > 0 ? ["--svg", drawn] : Array.Empty<string>()]);
                Assert.Equal((0, ""), (ran.Code, ran.Error));
                Assert.True(ran.Out == match.Groups["table"].Value, $"docs/placement.md is not what the program says:\n{match.Groups["command"].Value}\n{ran.Out}");
                if (picture.Length > 0)
                    Assert.True(await File.ReadAllTextAsync(drawn) == await File.ReadAllTextAsync(InDocs(picture)), $"docs/{picture} is not what the program draws");
            }
            finally
            {
                File.Delete(drawn);
            }
        }
    }

    // A command in a block of its own, then its table; the picture's file is in docs.
    [GeneratedRegex(
        @"^(?<command>scalelite whatif --scenario (?<scenario>[a-z-]+)(?<options>( --(?!markdown|svg)[a-z-]+ \S+)*) --markdown(?: --svg docs/(?<picture>\S+))?)\n```\n\n(?<table>(?:\|.*\n)+)",
        RegexOptions.Multiline)]
    private static partial Regex Shown();

    private static string InDocs(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", name);
}
