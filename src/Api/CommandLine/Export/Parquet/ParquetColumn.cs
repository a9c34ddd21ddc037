using System.Buffers;
using System.Buffers.Binary;
using System.Data.Common;
using System.IO.Compression;
using System.Text;

namespace Scalelite.Api.CommandLine.Export.Parquet;

/// <summary>A column's values of one row group: gathered in PLAIN encoding, written as one data page.</summary>
internal sealed class ParquetColumn(ExportColumn column)
{
    private readonly ArrayBufferWriter<byte> _values = new();
    private readonly List<bool> _present = [];
    private byte _bits;
    private int _bitCount;
    private int _nulls;
    private (long Least, long Most)? _range;

    public ExportColumn Column => column;

    /// <summary>Parquet's physical type.</summary>
    public int PhysicalType => column.Kind switch
    {
        ExportKind.Boolean => 0,
        ExportKind.Int => 1,
        ExportKind.Long or ExportKind.Time => 2,
        ExportKind.Double => 5,
        _ => 6,
    };

    /// <summary>How many bytes are gathered.</summary>
    public int Bytes => _values.WrittenCount;

    /// <summary>How many values are null.</summary>
    public int Nulls => _nulls;

    /// <summary>The least and the largest value in PLAIN encoding; null for a column of another type than numbers and times, or without values.</summary>
    public (byte[] Least, byte[] Most)? Range => _range is var (least, most) ? (Plain(least), Plain(most)) : null;

    /// <summary>Adds the value of the reader's current row.</summary>
    public void Add(DbDataReader row, int ordinal)
    {
        var present = !row.IsDBNull(ordinal);
        _present.Add(present);
        if (!present)
        {
            _nulls++;
            return;
        }

        switch (column.Kind)
        {
            case ExportKind.Boolean:
                Bit(row.GetBoolean(ordinal));
                break;
            case ExportKind.Int:
                Number(row.GetInt32(ordinal));
                break;
            case ExportKind.Long:
                Number(row.GetInt64(ordinal));
                break;
            case ExportKind.Time:
                Number((row.GetDateTime(ordinal).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
                break;
            case ExportKind.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(_values.GetSpan(sizeof(double)), row.GetDouble(ordinal));
                _values.Advance(sizeof(double));
                break;
            case ExportKind.Uuid:
                Text(row.GetGuid(ordinal).ToString());
                break;
            default:
                Text(row.GetString(ordinal));
                break;
        }
    }

    /// <summary>The page: its size, and what it is compressed to.</summary>
    public (int Size, ReadOnlyMemory<byte> Compressed) Page()
    {
        if (_bitCount > 0) FlushBits();
        var levels = new ArrayBufferWriter<byte>();
        DefinitionLevels(levels);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, levels.WrittenCount);
            gzip.Write(length);
            gzip.Write(levels.WrittenSpan);
            gzip.Write(_values.WrittenSpan);
        }

        return (sizeof(int) + levels.WrittenCount + _values.WrittenCount, compressed.GetBuffer().AsMemory(0, (int)compressed.Length));
    }

    /// <summary>Begins the next row group.</summary>
    public void Clear()
    {
        _values.ResetWrittenCount();
        _present.Clear();
        (_nulls, _range) = (0, null);
    }

    /// <summary>1 for a value, 0 for null: one run of equal levels, or one run of bits, the lowest first.</summary>
    private void DefinitionLevels(ArrayBufferWriter<byte> levels)
    {
        if (_nulls == 0 || _nulls == _present.Count)
        {
            ThriftCompactWriter.VarintTo(levels, (ulong)_present.Count << 1);
            levels.Write([(byte)(_nulls == 0 ? 1 : 0)]);
            return;
        }

        var groups = (_present.Count + 7) / 8;
        ThriftCompactWriter.VarintTo(levels, ((ulong)groups << 1) | 1);
        var bits = levels.GetSpan(groups)[..groups];
        bits.Clear();
        for (var i = 0; i < _present.Count; i++)
        {
            if (_present[i]) bits[i >> 3] |= (byte)(1 << (i & 7));
        }

        levels.Advance(groups);
    }

    private void Number(long value)
    {
        _range = _range is var (least, most) ? (Math.Min(least, value), Math.Max(most, value)) : (value, value);
        _values.Write(Plain(value));
    }

    private byte[] Plain(long value) => column.Kind == ExportKind.Int ? ThriftCompactWriter.Plain(value)[..sizeof(int)] : ThriftCompactWriter.Plain(value);

    private void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var span = _values.GetSpan(sizeof(int) + length);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        Encoding.UTF8.GetBytes(value, span[sizeof(int)..]);
        _values.Advance(sizeof(int) + length);
    }

    private void Bit(bool value)
    {
        if (value) _bits |= (byte)(1 << _bitCount);
        if (++_bitCount == 8) FlushBits();
    }

    private void FlushBits()
    {
        _values.Write([_bits]);
        (_bits, _bitCount) = (0, 0);
    }
}
