using System.Buffers;
using System.Globalization;
using System.Text;

namespace Scalelite.BigBlueButton.Parameters;

/// <summary>Query text and what it stands for: UTF-8, <c>%xx</c>, and a <c>+</c> that is read as a space but never written.</summary>
public static class PercentEncoding
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Decodes a name or a value. A <c>%</c> without two hex digits stands for itself; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            return text.ToString();
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = 0;
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAny('%', '+');
            var plain = next < 0 ? text : text[..next];
            length += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(length));
            text = text[plain.Length..];
            if (text.IsEmpty)
            {
                break;
            }

            if (text.Length > 2 && text[0] == '%' && byte.TryParse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                bytes[length++] = one;
                text = text[3..];
            }
            else
            {
                bytes[length++] = text[0] == '+' ? (byte)' ' : (byte)'%';
                text = text[1..];
            }
        }

        var decoded = Encoding.UTF8.GetString(bytes, 0, length);
        ArrayPool<byte>.Shared.Return(bytes);
        return decoded;
    }

    /// <summary>Appends <paramref name="text"/> with every byte but RFC 3986's unreserved ones as <c>%XX</c> of its UTF-8.</summary>
    public static void Append(StringBuilder to, ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Unreserved);
            if (plain < 0)
            {
                to.Append(text);
                return;
            }

            to.Append(text[..plain]);
            Rune.DecodeFromUtf16(text[plain..], out var rune, out var consumed);
            foreach (var one in utf8[..rune.EncodeToUtf8(utf8)])
            {
                to.Append('%').Append(HexDigit(one >> 4)).Append(HexDigit(one & 15));
            }

            text = text[(plain + consumed)..];
        }
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);
}
