using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Scalelite.Simulator.Answers;

/// <summary>UTF-8 XML in a pooled buffer: a getMeetings of some hundred kilobytes costs no allocation.</summary>
internal sealed class XmlBuffer : IDisposable
{
    private static readonly SearchValues<char> NeedsCare =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '<', '>', '&', '"', '\'', '\uFFFE', '\uFFFF', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c)]);

    private byte[] _bytes;
    private int _length;

    public XmlBuffer(int size = 1024) => _bytes = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public XmlBuffer Raw(ReadOnlySpan<byte> utf8)
    {
        Grow(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_length));
        _length += utf8.Length;
        return this;
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, string value)
    {
        Open(name);
        Text(value);
        return Close(name);
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, bool value)
    {
        Open(name);
        Raw(value ? "true"u8 : "false"u8);
        return Close(name);
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, long value)
    {
        Open(name);
        Grow(24);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_length), out var written);
        _length += written;
        return Close(name);
    }

    /// <summary>A count as BBB's templates print it, with a thousands separator where the locale has one (1,234).</summary>
    public XmlBuffer Count(ReadOnlySpan<byte> name, int value, bool separators) =>
        separators && value >= 1000 ? Element(name, value.ToString("N0", CultureInfo.InvariantCulture)) : Element(name, (long)value);

    public XmlBuffer Open(ReadOnlySpan<byte> name) => Raw("<"u8).Raw(name).Raw(">"u8);

    public XmlBuffer Close(ReadOnlySpan<byte> name) => Raw("</"u8).Raw(name).Raw(">"u8);

    public byte[] ToArray() => Written.ToArray();

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Text(ReadOnlySpan<char> text)
    {
        Grow(Encoding.UTF8.GetMaxByteCount(text.Length));
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(NeedsCare);
            plain = plain < 0 ? text.Length : plain;
            _length += Encoding.UTF8.GetBytes(text[..plain], _bytes.AsSpan(_length));
            text = text[plain..];
            if (text.IsEmpty)
            {
                return;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            text = text[consumed..];
            Care(rune);
            Grow(Encoding.UTF8.GetMaxByteCount(text.Length));
        }
    }

    private void Care(Rune rune)
    {
        switch (rune.Value)
        {
            case '<':
                Raw("&lt;"u8);
                break;
            case '>':
                Raw("&gt;"u8);
                break;
            case '&':
                Raw("&amp;"u8);
                break;
            case '"':
                Raw("&quot;"u8);
                break;
            case '\'':
                Raw("&#39;"u8);
                break;
            case '\t' or '\n' or '\r':
                Raw([(byte)rune.Value]);
                break;
            case < 0x20 or 0xFFFE or 0xFFFF:
                break;
            default:
                Span<byte> utf8 = stackalloc byte[4];
                Raw(utf8[..rune.EncodeToUtf8(utf8)]);
                break;
        }
    }

    private void Grow(int more)
    {
        if (_bytes.Length - _length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * _bytes.Length));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
