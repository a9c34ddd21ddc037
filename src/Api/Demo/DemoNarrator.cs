using System.Globalization;
using Scalelite.Api.CommandLine;
using Spectre.Console;

namespace Scalelite.Api.Demo;

/// <summary>Writes the story: in colours at a terminal, else one plain line each.</summary>
internal sealed class DemoNarrator(TextWriter output)
{
    private const int ActorWidth = 8;

    private readonly Lock _gate = new();
    private readonly IAnsiConsole? _terminal = Listing.Terminal(output);

    /// <summary>What the lines below are about.</summary>
    public void Title(string title) => Write($"\n{title}", $"\n[bold yellow]{Markup.Escape(title)}[/]");

    /// <summary>Something about the demo itself.</summary>
    public void Note(string text) => Write(text, $"[grey]{Markup.Escape(text)}[/]");

    /// <summary>Something that happened: an event of the log, or a node's own state.</summary>
    public void Happened(DateTimeOffset at, StoryLine line)
    {
        var time = at.ToLocalTime().ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);
        var actor = Listing.Printable(line.Actor).PadRight(ActorWidth);
        var text = Listing.Printable(line.Text);
        var colour = line.Tone switch { Tone.Good => "green", Tone.Bad => "red", Tone.Quiet => "grey", _ => "default" };
        Write($"{time}  {actor}  {text}", $"[grey]{time}[/]  [bold]{Markup.Escape(actor)}[/]  [{colour}]{Markup.Escape(text)}[/]");
    }

    /// <summary>An expectation that was met.</summary>
    public void Met(string expectation) => Write($"  ok  {expectation}", $"  [green]✓[/]  {Markup.Escape(expectation)}");

    /// <summary>An expectation that was not met.</summary>
    public void Unmet(string expectation) => Write($"NOT AS TOLD: {expectation}", $"[bold red]NOT AS TOLD:[/] {Markup.Escape(expectation)}");

    private void Write(string plain, string markup)
    {
        lock (_gate)
        {
            if (_terminal is { } terminal) terminal.MarkupLine(markup);
            else output.WriteLine(plain);
            output.Flush();
        }
    }
}
