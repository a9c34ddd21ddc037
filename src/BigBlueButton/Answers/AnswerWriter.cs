using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>
/// Writes XML as UTF-8 into a buffer, such as a response's. Text is escaped, and characters that XML cannot hold are left out.
/// Names are not checked: they are ours. For those that clients chose there is <see cref="Metadata"/>.
/// </summary>
public sealed class AnswerWriter(IBufferWriter<byte> to)
{
    private static readonly SearchValues<char> SpecialInText = Special("&<>\r");
    private static readonly SearchValues<char> SpecialInAttributes = Special("&<>\r\"\t\n");

    /// <summary><c>&lt;response&gt;&lt;returncode&gt;SUCCESS&lt;/returncode&gt;</c>; to be closed by <see cref="EndResponse"/>.</summary>
    public AnswerWriter BeginSuccess() => Raw("<response><returncode>SUCCESS</returncode>"u8);

    /// <summary><c>&lt;/response&gt;</c>.</summary>
    public AnswerWriter EndResponse() => Raw("</response>"u8);

    /// <summary>A start tag.</summary>
    public AnswerWriter Begin(ReadOnlySpan<byte> name) => Raw("<"u8).Raw(name).Raw(">"u8);

    /// <summary>A start tag's beginning, for <see cref="Attribute"/>; then <see cref="EndTag"/>.</summary>
    public AnswerWriter BeginTag(ReadOnlySpan<byte> name) => Raw("<"u8).Raw(name);

    /// <summary>An attribute of the tag that <see cref="BeginTag"/> began.</summary>
    public AnswerWriter Attribute(ReadOnlySpan<byte> name, string value)
    {
        Raw(" "u8).Raw(name).Raw("=\""u8);
        Escape(value, SpecialInAttributes);
        return Raw("\""u8);
    }

    /// <summary>The end of the tag that <see cref="BeginTag"/> began.</summary>
    public AnswerWriter EndTag() => Raw(">"u8);

    /// <summary>An end tag.</summary>
    public AnswerWriter End(ReadOnlySpan<byte> name) => Raw("</"u8).Raw(name).Raw(">"u8);

    /// <summary>An element with text; null and "" give <c>&lt;name&gt;&lt;/name&gt;</c>.</summary>
    public AnswerWriter Element(ReadOnlySpan<byte> name, string? value) => Begin(name).Text(value).End(name);

    /// <summary>An element with a number, without separators.</summary>
    public AnswerWriter Element(ReadOnlySpan<byte> name, long value) => Begin(name).Number(value).End(name);

    /// <summary>An element with <c>true</c> or <c>false</c>.</summary>
    public AnswerWriter Element(ReadOnlySpan<byte> name, bool value) => Begin(name).Raw(value ? "true"u8 : "false"u8).End(name);

    /// <summary><c>&lt;name/&gt;</c>.</summary>
    public AnswerWriter Empty(ReadOnlySpan<byte> name) => Raw("<"u8).Raw(name).Raw("/>"u8);

    /// <summary>
    /// <c>&lt;metadata&gt;</c> with an element for each pair. Names that XML or BBB cannot hold are left out; an empty value is
    /// <c>&lt;![CDATA[]]&gt;</c>, because some clients need a node there.
    /// </summary>
    public AnswerWriter Metadata(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Raw("<metadata>"u8);
        foreach (var (name, value) in metadata)
        {
            if (!IsElementName(name))
            {
                continue;
            }

            Raw("<"u8).Text(name).Raw(">"u8);
            _ = string.IsNullOrEmpty(value) ? Raw("<![CDATA[]]>"u8) : Text(value);
            Raw("</"u8).Text(name).Raw(">"u8);
        }

        return Raw("</metadata>"u8);
    }

    /// <summary>Escaped text.</summary>
    public AnswerWriter Text(string? value)
    {
        Escape(value, SpecialInText);
        return this;
    }

    /// <summary>A number.</summary>
    public AnswerWriter Number(long value)
    {
        var span = to.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        to.Advance(written);
        return this;
    }

    /// <summary>Bytes as they are: XML that is well-formed already.</summary>
    public AnswerWriter Raw(ReadOnlySpan<byte> xml)
    {
        to.Write(xml);
        return this;
    }

    private static SearchValues<char> Special(string escaped)
    {
        var invalid = Enumerable.Range(0, 0x20).Select(one => (char)one).Except("\t\n\r");
        var surrogates = Enumerable.Range(0xD800, 0x800).Select(one => (char)one);
        return SearchValues.Create([.. escaped, .. invalid, .. surrogates, '\uFFFE', '\uFFFF']);
    }

    private static bool IsElementName(string name)
    {
        if (string.IsNullOrEmpty(name) || !(char.IsAsciiLetter(name[0]) || name[0] == '_'))
        {
            return false;
        }

        foreach (var one in name)
        {
            if (!char.IsAsciiLetterOrDigit(one) && one is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private void Escape(ReadOnlySpan<char> text, SearchValues<char> special)
    {
        while (!text.IsEmpty)
        {
            var at = text.IndexOfAny(special);
            var plain = at < 0 ? text : text[..at];
            if (!plain.IsEmpty)
            {
                Encoding.UTF8.GetBytes(plain, to);
            }

            if (at < 0)
            {
                return;
            }

            var consumed = 1;
            switch (text[at])
            {
                case '&': Raw("&amp;"u8); break;
                case '<': Raw("&lt;"u8); break;
                case '>': Raw("&gt;"u8); break;
                case '"': Raw("&quot;"u8); break;
                case '\r': Raw("&#13;"u8); break;
                case '\n': Raw("&#10;"u8); break;
                case '\t': Raw("&#9;"u8); break;
                default:
                    if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) == OperationStatus.Done && rune.Value > 0xFFFF)
                    {
                        consumed = length;
                        to.Advance(rune.EncodeToUtf8(to.GetSpan(4)));
                    }

                    break;
            }

            text = text[(at + consumed)..];
        }
    }
}
