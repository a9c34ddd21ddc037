using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Simulator;
using Xunit;

namespace Scalelite.Api.Tests.Diagnosis;

/// <summary>Every command that docs/diagnosis.md types is typed here, on the day that it tells of, and says what it promises.</summary>
public sealed partial class DiagnosisTests : IAsyncLifetime
{
    private readonly Commands _commands = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scalelite-diagnosis-");
    private SimulatedPool _pool = null!;

    public async Task InitializeAsync()
    {
        await _commands.InitializeAsync();
        foreach (var (name, folder) in new[] { ("PUBLISH", "published"), ("UNPUBLISH", "unpublished"), ("SPOOL", "spool") })
            _commands.Environment[$"RECORDING_{name}_DIR"] = Directory.CreateDirectory(Path.Combine(_folder.FullName, folder)).FullName;
        _pool = await SimulatedPool.StartAsync(new SimulatedPoolOptions { Nodes = 1, ControlPort = null });
        await DiagnosedDay.Tell(_pool.Nodes[0].Url).AppendAsync(_commands);
        Assert.Equal(0, (await _commands.RunAsync("servers", "update", "node-g", "--secret", _pool.Nodes[0].Secret)).Code);
        // The files of the morning's recording lie where the catalog says.
        var files = Directory.CreateDirectory(Path.Combine(_folder.FullName, "published", "presentation", Explain.RichMeeting.InternalId));
        await File.WriteAllTextAsync(Path.Combine(files.FullName, "metadata.xml"), "<recording/>");
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _commands.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_walk_through_a_day_says_what_the_document_promises()
    {
        var (transcript, broken, typed) = (new StringBuilder(), new List<string>(), 0);
        foreach (var step in Steps(await File.ReadAllTextAsync(Page())))
        {
            var ran = await _commands.RunAsync([.. Words().Matches(step.Command).Select(word => word.Value.Trim('"'))]);
            transcript.AppendLine($"$ scalelite {step.Command}").AppendLine(ran.Out).AppendLine(ran.Error);
            typed++;
            if (ran.Code != 0) broken.Add($"{step.Command}: exit code {ran.Code}: {ran.Error}");
            else if (NotSaid(step.Promised, ran.Out) is { } line) broken.Add($"{step.Command}: does not say '{line}'");
        }

        if (broken.Count > 0) await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "diagnosis.actual.txt"), transcript.ToString());
        Assert.Empty(broken);
        Assert.True(typed >= 15, $"{typed} commands");
    }

    /// <summary>The commands of the page's console blocks, each with the lines below it.</summary>
    private static IEnumerable<(string Command, IReadOnlyList<string> Promised)> Steps(string page)
    {
        foreach (Match block in Blocks().Matches(page))
        {
            foreach (var part in block.Groups[1].Value.Split("$ scalelite ", StringSplitOptions.RemoveEmptyEntries))
            {
                var lines = part.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                if (lines.Length > 0) yield return (lines[0], lines[1..]);
            }
        }
    }

    /// <summary>The first promised line that does not come, in order; spaces count once, <c>…</c> is anything.</summary>
    private static string? NotSaid(IReadOnlyList<string> promised, string said)
    {
        var lines = new Queue<string>(said.Split('\n').Select(line => Spaces().Replace(line, " ").Trim()));
        foreach (var line in promised.Select(line => Spaces().Replace(line, " ").Trim()).Where(line => line != "…"))
        {
            var pattern = $"^{string.Join(".*", line.Split('…').Select(Regex.Escape))}$";
            while (lines.TryPeek(out var next) && !Regex.IsMatch(next, pattern)) lines.Dequeue();
            if (!lines.TryDequeue(out _)) return line;
        }

        return null;
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "diagnosis.md");

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Words();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
