using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Scalelite.Api.CommandLine.Export.Parquet;

/// <summary>Thrift's compact protocol, as far as Parquet's headers and footer need it: fields must be written in order of their ids.</summary>
internal sealed class ThriftCompactWriter(IBufferWriter<byte> output)
{
    private const byte True = 1, False = 2, I32 = 5, I64 = 6, Binary = 8, List = 9, Struct = 12;

    private readonly Stack<short> _outer = new();
    private short _field;

    public void Field(short id, bool value) => Header(id, value ? True : False);

    public void Field(short id, int value)
    {
        Header(id, I32);
        Varint(ZigZag(value));
    }

    public void Field(short id, long value)
    {
        Header(id, I64);
        Varint(ZigZag(value));
    }

    public void Field(short id, string value)
    {
        Header(id, Binary);
        Bytes(Encoding.UTF8.GetBytes(value));
    }

    public void Field(short id, ReadOnlySpan<byte> value)
    {
        Header(id, Binary);
        Bytes(value);
    }

    /// <summary>A field that is a struct.</summary>
    public void Field(short id, Action write)
    {
        Header(id, Struct);
        Write(write);
    }

    /// <summary>A field that is a list of structs.</summary>
    public void Structs<T>(short id, IReadOnlyCollection<T> values, Action<T> write)
    {
        ListOf(id, Struct, values.Count);
        foreach (var value in values) Write(() => write(value));
    }

    /// <summary>A field that is a list of 32-bit numbers.</summary>
    public void Numbers(short id, params ReadOnlySpan<int> values)
    {
        ListOf(id, I32, values.Length);
        foreach (var value in values) Varint(ZigZag(value));
    }

    /// <summary>A field that is a list of texts.</summary>
    public void Texts(short id, params ReadOnlySpan<string> values)
    {
        ListOf(id, Binary, values.Length);
        foreach (var value in values) Bytes(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>A struct that no field holds: the outermost, or one of a list.</summary>
    public void Write(Action write)
    {
        _outer.Push(_field);
        _field = 0;
        write();
        Byte(0);
        _field = _outer.Pop();
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void ListOf(short id, byte type, int count)
    {
        Header(id, List);
        if (count < 15)
        {
            Byte((byte)((count << 4) | type));
            return;
        }

        Byte((byte)(0xF0 | type));
        Varint((ulong)count);
    }

    private void Header(short id, byte type)
    {
        // Short form: the distance to the field before, from 1 to 15. Parquet's structs leave no wider gap.
        Byte((byte)(((id - _field) << 4) | type));
        _field = id;
    }

    private void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        output.Write(value);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void Varint(ulong value) => VarintTo(output, value);

    /// <summary>An unsigned number, seven bits a byte, the lowest first.</summary>
    internal static void VarintTo(IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        output.Advance(length);
    }

    /// <summary>The eight bytes of a number, as PLAIN encoding and statistics hold them.</summary>
    internal static byte[] Plain(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
