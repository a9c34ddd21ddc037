using System.Globalization;
using System.Text;
using System.Xml;

namespace Scalelite.Api.CommandLine.Imbalance.Html;

/// <summary>Writes a page that is HTML and well-formed XML alike: nothing gets into it unescaped but what <see cref="Raw"/> is given.</summary>
internal sealed class MarkupWriter : IDisposable
{
    // In HTML only these may be closed within their tag; an SVG's elements may all.
    private static readonly HashSet<string> Closed =
        new(StringComparer.Ordinal) { "meta", "br", "input", "path", "rect", "line", "circle", "polyline", "polygon" };

    private readonly StringBuilder _page = new("<!DOCTYPE html>");
    private readonly XmlWriter _xml;

    public MarkupWriter()
    {
        _xml = XmlWriter.Create(_page, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None });
    }

    /// <summary>The page, once all elements are closed.</summary>
    public override string ToString()
    {
        _xml.Flush();
        return _page.ToString();
    }

    /// <summary>An element with what is in it.</summary>
    public void Element(string name, Action content, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _xml.WriteStartElement(name);
        foreach (var (attribute, value) in attributes)
            if (value is not null) _xml.WriteAttributeString(attribute, Clean(value));
        content();
        if (Closed.Contains(name)) _xml.WriteEndElement();
        else _xml.WriteFullEndElement();
    }

    /// <summary>An element with a text.</summary>
    public void Element(string name, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Element(name, () => Text(text), attributes);

    /// <summary>An empty element.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes) => Element(name, () => { }, attributes);

    /// <summary>A text.</summary>
    public void Text(string? text)
    {
        if (text is not null) _xml.WriteString(Clean(text));
    }

    /// <summary>Our own style, script or JSON, in which nothing stands that would end it.</summary>
    public void Raw(string text) => _xml.WriteRaw(text);

    /// <summary>A coordinate.</summary>
    public static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _xml.Dispose();

    // What XML cannot hold at all, and what steers a terminal, is nothing that a page needs.
    private static string Clean(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsGood(text, i)) return string.Concat(text.Select((c, at) => IsGood(text, at) ? c : '\uFFFD'));
        }

        return text;
    }

    private static bool IsGood(string text, int at) => char.IsSurrogate(text[at])
        ? (at + 1 < text.Length && char.IsSurrogatePair(text, at)) || (at > 0 && char.IsSurrogatePair(text, at - 1))
        : !char.IsControl(text[at]) && XmlConvert.IsXmlChar(text[at]);
}
