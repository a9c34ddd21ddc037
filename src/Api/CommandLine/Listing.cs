using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Scalelite.Api.CommandLine;

/// <summary>One column of a table.</summary>
internal sealed record Column<T>(string Title, Func<T, string?> Cell, bool IsNumber = false);

/// <summary>A writer to somebody's terminal elsewhere.</summary>
internal interface IColumnWriter
{
    /// <summary>How wide the terminal is; null where none is.</summary>
    int? Columns { get; }
}

/// <summary>Prints lists: a table for a person, JSON for a program.</summary>
internal static class Listing
{
    private const int WidthWithoutTerminal = 240;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Prints the rows; an empty table says that it is empty.</summary>
    public static int WriteList<T>(this CommandScope scope, IReadOnlyList<T> rows, bool asJson, string none, params ReadOnlySpan<Column<T>> columns)
    {
        if (asJson) return scope.WriteJson(rows);
        if (rows.Count == 0)
        {
            scope.Out.WriteLine(none);
            return ExitCode.Done;
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column.Title)) { Alignment = column.IsNumber ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in rows)
        {
            var cells = new List<Markup>();
            foreach (var column in columns) cells.Add(new Markup(Markup.Escape(Printable(column.Cell(row)))));
            table.AddRow(cells);
        }

        Console(scope.Out).Write(table);
        return ExitCode.Done;
    }

    /// <summary>Prints one thing: its parts a line each, or JSON.</summary>
    public static int WriteOne<T>(this CommandScope scope, T one, bool asJson, params ReadOnlySpan<Column<T>> parts)
    {
        if (asJson) return scope.WriteJson(one);
        var width = 0;
        foreach (var part in parts) width = Math.Max(width, part.Title.Length);
        foreach (var part in parts)
        {
            var text = part.Cell(one);
            if (text is not null) scope.Out.WriteLine($"{part.Title.PadRight(width)}  {Printable(text)}");
        }

        return ExitCode.Done;
    }

    /// <summary>Prints as indented JSON with names in snake case.</summary>
    public static int WriteJson<T>(this CommandScope scope, T value)
    {
        scope.Out.WriteLine(JsonSerializer.Serialize(value, Json));
        return ExitCode.Done;
    }

    /// <summary>What clients and nodes chose must not steer the terminal.</summary>
    public static string Printable(string? text) =>
        text is null ? "" : text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    /// <summary>The terminal that a person looks at, or null where output goes to a file, a pipe or a test.</summary>
    public static IAnsiConsole? Terminal(TextWriter writer) =>
        ReferenceEquals(writer, System.Console.Out) && !System.Console.IsOutputRedirected ? Console(writer) : null;

    private static IAnsiConsole Console(TextWriter writer)
    {
        var isTerminal = ReferenceEquals(writer, System.Console.Out) && !System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!isTerminal) console.Profile.Width = (writer as IColumnWriter)?.Columns ?? WidthWithoutTerminal;
        return console;
    }
}
