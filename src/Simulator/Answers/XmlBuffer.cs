using System.Buffers;
using System.Globalization;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Simulator.Answers;

/// <summary>XML in a pooled buffer: a getMeetings of some hundred kilobytes costs no allocation.</summary>
internal sealed class XmlBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly AnswerWriter _writer;
    private byte[] _bytes;
    private int _length;

    public XmlBuffer(int size = 1024)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(size);
        _writer = new AnswerWriter(this);
    }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public XmlBuffer Raw(ReadOnlySpan<byte> xml)
    {
        _writer.Raw(xml);
        return this;
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, string value)
    {
        _writer.Element(name, value);
        return this;
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, bool value)
    {
        _writer.Element(name, value);
        return this;
    }

    public XmlBuffer Element(ReadOnlySpan<byte> name, long value)
    {
        _writer.Element(name, value);
        return this;
    }

    /// <summary>A count as BBB's templates print it, with a thousands separator where the locale has one (1,234).</summary>
    public XmlBuffer Count(ReadOnlySpan<byte> name, int value, bool separators) =>
        separators && value >= 1000 ? Element(name, value.ToString("N0", CultureInfo.InvariantCulture)) : Element(name, (long)value);

    public byte[] ToArray() => Written.ToArray();

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
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
