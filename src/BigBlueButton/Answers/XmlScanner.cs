using System.Buffers;
using System.Runtime.CompilerServices;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>What <see cref="XmlScanner"/> stands on.</summary>
internal enum XmlToken
{
    /// <summary>Nothing yet, or text, which is read at the end of its element.</summary>
    None,

    /// <summary>A start tag. One of an empty element (<c>&lt;a/&gt;</c>) is followed by an <see cref="End"/> of its own.</summary>
    Start,

    /// <summary>An end tag.</summary>
    End,
}

/// <summary>
/// Walks over the elements of UTF-8 XML and tells where each stands in the bytes, so that parts of a node's answer can be passed on
/// as they came, which no reader of the platform allows. Knows neither document types nor entities: a <c>&lt;!DOCTYPE</c> ends it.
/// </summary>
internal ref struct XmlScanner
{
    private const int Deepest = 64;

    private static readonly SearchValues<byte> EndOfName = SearchValues.Create(" \t\r\n/><=&\"'"u8);

    private readonly ReadOnlySpan<byte> _xml;
    private Names _open;
    private int _level;
    private int _position;
    private int _contentStart;
    private bool _hasRoot;
    private bool _afterStart;
    private bool _isEmptyElement;

    public XmlScanner(ReadOnlySpan<byte> xml)
    {
        _xml = xml;
        _position = xml.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>The element's name; a prefix belongs to it.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>How deep the element stands: the root is 1.</summary>
    public int Depth { get; private set; }

    /// <summary>Where the tag begins.</summary>
    public int TagStart { get; private set; }

    /// <summary>Behind the tag.</summary>
    public int TagEnd { get; private set; }

    /// <summary>At an end: the element has no element within.</summary>
    public bool IsLeaf { get; private set; }

    /// <summary>At the end of a leaf: what lies between its tags, undecoded.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The document was read to its end, and its elements are nested as they should be.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Goes on to the next tag.</summary>
    /// <returns><see cref="XmlToken.None"/> at the end, or where the document is broken.</returns>
    public XmlToken Next()
    {
        if (_isEmptyElement)
        {
            return Close(_contentStart);
        }

        while (true)
        {
            var rest = _xml[_position..];
            var less = rest.IndexOf((byte)'<');
            if (_level == 0 && !IsBlank(less < 0 ? rest : rest[..less]))
            {
                return XmlToken.None;
            }

            if (less < 0)
            {
                IsComplete = _hasRoot && _level == 0;
                return XmlToken.None;
            }

            TagStart = _position + less;
            var tag = rest[less..];
            if (tag.Length > 1 && tag[1] is (byte)'!' or (byte)'?')
            {
                var length = LengthOfSpecial(tag);
                if (length == 0)
                {
                    return XmlToken.None;
                }

                _position = TagStart + length;
                continue;
            }

            return tag.StartsWith("</"u8) ? ReadEnd(tag) : ReadStart(tag);
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(" \t\r\n"u8);

    private static int NameLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny(EndOfName);
        return end < 0 ? text.Length : end;
    }

    /// <summary>Where the tag's <c>&gt;</c> stands, attributes' values skipped; -1 where there is none.</summary>
    private static int CloseOf(ReadOnlySpan<byte> tag, int from)
    {
        for (var at = from; at < tag.Length; at++)
        {
            switch (tag[at])
            {
                case (byte)'>':
                    return at;
                case (byte)'<':
                    return -1;
                case (byte)'"' or (byte)'\'':
                    var quote = tag[(at + 1)..].IndexOf(tag[at]);
                    at = quote < 0 ? tag.Length : at + quote + 1;
                    break;
            }
        }

        return -1;
    }

    private static int Until(ReadOnlySpan<byte> text, int from, ReadOnlySpan<byte> end) =>
        text[from..].IndexOf(end) is var at and >= 0 ? from + at + end.Length : 0;

    /// <summary>The length of a comment, an instruction or a CDATA section; 0 for anything else, such as a document type.</summary>
    private readonly int LengthOfSpecial(ReadOnlySpan<byte> text) => text switch
    {
        _ when text.StartsWith("<!--"u8) => Until(text, 4, "-->"u8),
        _ when text.StartsWith("<?"u8) => Until(text, 2, "?>"u8),
        _ when text.StartsWith("<![CDATA["u8) && _level > 0 => Until(text, 9, "]]>"u8),
        _ => 0,
    };

    private XmlToken ReadStart(ReadOnlySpan<byte> tag)
    {
        var length = NameLength(tag[1..]);
        var close = CloseOf(tag, 1 + length);
        if (length == 0 || close < 0 || _level == Deepest || (_hasRoot && _level == 0))
        {
            return XmlToken.None;
        }

        Name = tag.Slice(1, length);
        _open[_level++] = (TagStart + 1, length);
        Depth = _level;
        _hasRoot = _afterStart = true;
        _isEmptyElement = tag[close - 1] == '/';
        _position = _contentStart = TagEnd = TagStart + close + 1;
        return XmlToken.Start;
    }

    private XmlToken ReadEnd(ReadOnlySpan<byte> tag)
    {
        var length = NameLength(tag[2..]);
        var close = tag.IndexOf((byte)'>');
        if (_level == 0 || close < 2 + length || !IsBlank(tag[(2 + length)..close]))
        {
            return XmlToken.None;
        }

        var (start, opened) = _open[_level - 1];
        if (!_xml.Slice(start, opened).SequenceEqual(tag.Slice(2, length)))
        {
            return XmlToken.None;
        }

        _position = TagEnd = TagStart + close + 1;
        return Close(TagStart);
    }

    private XmlToken Close(int contentEnd)
    {
        var (start, length) = _open[--_level];
        Name = _xml.Slice(start, length);
        Depth = _level + 1;
        IsLeaf = _afterStart;
        Content = _afterStart ? _xml[_contentStart..contentEnd] : default;
        _afterStart = _isEmptyElement = false;
        return XmlToken.End;
    }

    [InlineArray(Deepest)]
    private struct Names
    {
        private (int Start, int Length) _first;
    }
}
