using System.Collections.Frozen;
using System.Text.Json;

namespace Scalelite.Api.Playback.Pages;

/// <summary>The texts of the pages in one language, out of <c>texts.{language}.json</c> in this folder: name → title and text.</summary>
internal sealed class PageTexts
{
    private const string Prefix = "Playback.texts.";
    private const string Suffix = ".json";
    private const string Last = "en";

    private static readonly FrozenDictionary<string, PageTexts> Languages = ReadAll();

    private readonly Dictionary<string, string[]> texts;

    private PageTexts(string language, Dictionary<string, string[]> texts) => (Language, this.texts) = (language, texts);

    /// <summary>The page itself, with <c>{lang}</c>, <c>{title}</c>, <c>{text}</c> and <c>{request}</c> to be filled in.</summary>
    public static string Template { get; } = Read("Playback.page.html");

    /// <summary>Every language that there is.</summary>
    public static IEnumerable<string> All => Languages.Keys;

    /// <summary>A two-letter code.</summary>
    public string Language { get; }

    /// <summary>The title and the text of a page.</summary>
    public (string Title, string Text) this[string page] => texts[page] is [var title, var text]
        ? (title, text)
        : throw new InvalidDataException($"The page {page} in {Language} has no title and text");

    /// <summary>The texts in the first language that there is, else in the fallback, else in English.</summary>
    /// <param name="wanted">Language tags; of <c>pt-BR</c> the first part counts.</param>
    public static PageTexts For(IEnumerable<string> wanted, string fallback) =>
        wanted.Append(fallback).Select(Find).FirstOrDefault(found => found is not null) ?? Languages[Last];

    private static PageTexts? Find(string tag) => Languages.GetValueOrDefault(tag.Split('-', '_')[0]);

    private static FrozenDictionary<string, PageTexts> ReadAll() => typeof(PageTexts).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => new PageTexts(
            name[Prefix.Length..^Suffix.Length],
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(Read(name)) ?? throw new InvalidDataException($"{name} is empty")))
        .ToFrozenDictionary(texts => texts.Language, StringComparer.OrdinalIgnoreCase);

    private static string Read(string resource)
    {
        using var stream = typeof(PageTexts).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidDataException($"There is no {resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
