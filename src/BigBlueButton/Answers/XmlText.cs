using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>The text within an element: decoded, and mended where a node wrote what XML does not allow.</summary>
internal static class XmlText
{
    private static readonly SearchValues<byte> Forbidden =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(one => (byte)one).Except("\t\n\r"u8.ToArray())]);

    /// <summary>Decodes a leaf's content. A reference that XML does not know stands for itself; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> content)
    {
        if (content.IndexOfAny("&<\r"u8) < 0)
        {
            return Encoding.UTF8.GetString(content);
        }

        var text = new StringBuilder(content.Length);
        while (!content.IsEmpty)
        {
            var special = content.IndexOfAny("&<\r"u8);
            text.Append(Encoding.UTF8.GetString(special < 0 ? content : content[..special]));
            if (special < 0)
            {
                break;
            }

            content = content[special..];
            content = content[(content[0] switch
            {
                (byte)'&' => AppendReference(text, content),
                (byte)'<' => AppendSection(text, content),
                _ => AppendLineEnd(text, content),
            })..];
        }

        return text.ToString();
    }

    /// <summary>A number as nodes print it, with or without separators of thousands (<c>1,234</c>); null where there is no digit.</summary>
    public static long? Number(ReadOnlySpan<byte> content)
    {
        if (content.IndexOfAny("&<"u8) >= 0)
        {
            content = Encoding.UTF8.GetBytes(Decode(content));
        }

        var value = 0L;
        var digits = 0;
        foreach (var one in content)
        {
            if (char.IsAsciiDigit((char)one) && digits < 18)
            {
                value = value * 10 + (one - '0');
                digits++;
            }
        }

        return digits == 0 ? null : content.TrimStart(" \t\r\n"u8).StartsWith("-"u8) ? -value : value;
    }

    /// <summary>Whether every reference is one that XML knows and no character is one that it cannot hold.</summary>
    public static bool IsSound(ReadOnlySpan<byte> xml)
    {
        if (xml.ContainsAny(Forbidden) || !Utf8.IsValid(xml))
        {
            return false;
        }

        while (xml.IndexOfAny("&<"u8) is var at and >= 0)
        {
            xml = xml[at..];
            var length = xml.StartsWith("<![CDATA["u8) ? xml.IndexOf("]]>"u8) + 3
                : xml.StartsWith("<!--"u8) ? xml.IndexOf("-->"u8) + 3
                : 1;
            if (xml[0] == '&' && !(Reference(xml, out _) is { } rune && IsAllowed(rune)))
            {
                return false;
            }

            xml = xml[length..];
        }

        return true;
    }

    /// <summary>Writes a sound copy of an element that <see cref="XmlScanner"/> went through: texts anew, tags without attributes.</summary>
    public static byte[] Mend(ReadOnlySpan<byte> element)
    {
        var buffer = new ArrayBufferWriter<byte>(element.Length + 64);
        var xml = new AnswerWriter(buffer);
        var scanner = new XmlScanner(element);
        for (var token = scanner.Next(); token != XmlToken.None; token = scanner.Next())
        {
            if (token == XmlToken.Start)
            {
                xml.Begin(scanner.Name);
            }
            else
            {
                xml.Text(scanner.IsLeaf ? Decode(scanner.Content) : null).End(scanner.Name);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '\t' or '\n' or '\r' || (rune.Value >= 0x20 && rune.Value is not (0xFFFE or 0xFFFF));

    private static int AppendReference(StringBuilder text, ReadOnlySpan<byte> content)
    {
        if (Reference(content, out var length) is { } rune)
        {
            text.Append(rune.ToString());
            return length;
        }

        text.Append('&');
        return 1;
    }

    private static Rune? Reference(ReadOnlySpan<byte> content, out int length)
    {
        var semicolon = content[..Math.Min(content.Length, 12)].IndexOf((byte)';');
        length = semicolon + 1;
        var name = semicolon < 0 ? default : content[1..semicolon];
        if (name.StartsWith("#"u8))
        {
            var isHex = name.Length > 1 && name[1] == 'x';
            return uint.TryParse(
                name[(isHex ? 2 : 1)..], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                && Rune.IsValid(code)
                ? new Rune(code)
                : null;
        }

        return name switch
        {
            _ when name.SequenceEqual("amp"u8) => new Rune('&'),
            _ when name.SequenceEqual("lt"u8) => new Rune('<'),
            _ when name.SequenceEqual("gt"u8) => new Rune('>'),
            _ when name.SequenceEqual("quot"u8) => new Rune('"'),
            _ when name.SequenceEqual("apos"u8) => new Rune('\''),
            _ => null,
        };
    }

    /// <summary>A CDATA section's text; comments and instructions are skipped.</summary>
    private static int AppendSection(StringBuilder text, ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("<![CDATA["u8))
        {
            var length = content[9..].IndexOf("]]>"u8);
            text.Append(Encoding.UTF8.GetString(content.Slice(9, length)).ReplaceLineEndings("\n"));
            return 9 + length + 3;
        }

        return content.StartsWith("<!--"u8) ? 4 + content[4..].IndexOf("-->"u8) + 3 : 2 + content[2..].IndexOf("?>"u8) + 2;
    }

    /// <summary>XML reads every kind of line end as a line feed.</summary>
    private static int AppendLineEnd(StringBuilder text, ReadOnlySpan<byte> content)
    {
        text.Append('\n');
        return content.StartsWith("\r\n"u8) ? 2 : 1;
    }
}
