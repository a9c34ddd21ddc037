using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Scalelite.Api.Tests.CommandLine.Export;

/// <summary>Reads a Parquet file as the format's specification tells, by the footer alone: as much of it as an export writes.</summary>
internal sealed class ParquetFile
{
    private readonly byte[] _bytes;
    private readonly Dictionary<short, object> _footer;

    public ParquetFile(byte[] bytes)
    {
        _bytes = bytes;
        if (!bytes.AsSpan(0, 4).SequenceEqual("PAR1"u8) || !bytes.AsSpan(bytes.Length - 4).SequenceEqual("PAR1"u8))
            throw new InvalidDataException("No magic number");
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        var thrift = new Thrift(bytes, bytes.Length - 8 - length);
        _footer = thrift.Struct();
        if (thrift.Position != bytes.Length - 8) throw new InvalidDataException($"The footer ends at {thrift.Position} of {bytes.Length}");
    }

    public long Rows => (long)_footer[3];

    public IReadOnlyList<(string Name, long Type, bool Utc, object? Converted)> Columns =>
    [
        .. Structs(_footer[2]).Skip(1).Select(column => (
            Encoding.UTF8.GetString((byte[])column[4]), (long)column[1],
            column.TryGetValue(10, out var logical) && ((Dictionary<short, object>)logical).TryGetValue(8, out var time) && ((Dictionary<short, object>)time)[1] is true,
            column.GetValueOrDefault((short)6))),
    ];

    public IReadOnlyList<(long Rows, IReadOnlyList<Dictionary<short, object>> Columns)> Groups =>
    [
        .. Structs(_footer[4]).Select(group => (
            (long)group[3], (IReadOnlyList<Dictionary<short, object>>)[.. Structs(group[1]).Select(chunk => (Dictionary<short, object>)chunk[3])])),
    ];

    /// <summary>The values of a column, in order: null, bool, int, long, double or text.</summary>
    public IEnumerable<object?> Values(int column)
    {
        foreach (var (rows, columns) in Groups)
        {
            foreach (var value in Page(columns[column], rows)) yield return value;
        }
    }

    private static IEnumerable<Dictionary<short, object>> Structs(object list) => ((List<object>)list).Cast<Dictionary<short, object>>();

    private List<object?> Page(Dictionary<short, object> chunk, long rows)
    {
        var start = (int)(long)chunk[9];
        var thrift = new Thrift(_bytes, start);
        var header = thrift.Struct();
        var data = (Dictionary<short, object>)header[5];
        var (size, compressed) = ((int)(long)header[2], (int)(long)header[3]);
        if ((long)chunk[7] != thrift.Position - start + compressed || (long)chunk[6] != thrift.Position - start + size) throw new InvalidDataException("Sizes differ");
        if ((long)data[1] != rows || (long)chunk[5] != rows || (long)data[2] != 0) throw new InvalidDataException("Not one PLAIN page of all rows");

        var page = new byte[size];
        using (var gzip = new GZipStream(new MemoryStream(_bytes, thrift.Position, compressed), CompressionMode.Decompress))
        {
            gzip.ReadExactly(page);
            if (gzip.ReadByte() >= 0) throw new InvalidDataException("The page is longer than it says");
        }

        var levels = BinaryPrimitives.ReadInt32LittleEndian(page);
        return Plain(page.AsSpan(4 + levels), (long)chunk[1], Levels(page.AsSpan(4, levels), (int)rows));
    }

    private static bool[] Levels(ReadOnlySpan<byte> bytes, int count)
    {
        var present = new List<bool>();
        while (bytes.Length > 0)
        {
            var header = 0;
            var shift = 0;
            byte next;
            do
            {
                next = bytes[0];
                bytes = bytes[1..];
                header |= (next & 0x7F) << shift;
                shift += 7;
            }
            while (next >= 0x80);

            if ((header & 1) == 0)
            {
                for (var i = 0; i < header >> 1; i++) present.Add(bytes[0] == 1);
                bytes = bytes[1..];
                continue;
            }

            for (var i = 0; i < (header >> 1) * 8; i++) present.Add((bytes[i / 8] >> (i % 8) & 1) == 1);
            bytes = bytes[(header >> 1)..];
        }

        return [.. present.Take(count)];
    }

    private static List<object?> Plain(ReadOnlySpan<byte> bytes, long type, bool[] present)
    {
        var values = new List<object?>();
        var bit = 0;
        foreach (var isPresent in present)
        {
            if (!isPresent)
            {
                values.Add(null);
                continue;
            }

            switch (type)
            {
                case 0:
                    values.Add((bytes[bit / 8] >> (bit++ % 8) & 1) == 1);
                    break;
                case 1:
                    values.Add(BinaryPrimitives.ReadInt32LittleEndian(bytes));
                    bytes = bytes[4..];
                    break;
                case 2:
                    values.Add(BinaryPrimitives.ReadInt64LittleEndian(bytes));
                    bytes = bytes[8..];
                    break;
                case 5:
                    values.Add(BinaryPrimitives.ReadDoubleLittleEndian(bytes));
                    bytes = bytes[8..];
                    break;
                default:
                    var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                    values.Add(Encoding.UTF8.GetString(bytes.Slice(4, length)));
                    bytes = bytes[(4 + length)..];
                    break;
            }
        }

        return values;
    }

    /// <summary>Thrift's compact protocol: numbers as long, texts as bytes, structs by field.</summary>
    private sealed class Thrift(byte[] bytes, int position)
    {
        public int Position { get; private set; } = position;

        public Dictionary<short, object> Struct()
        {
            var fields = new Dictionary<short, object>();
            for (short id = 0; ;)
            {
                var header = bytes[Position++];
                if (header == 0) return fields;
                id = header >> 4 == 0 ? (short)Signed() : (short)(id + (header >> 4));
                fields.Add(id, Value(header & 15));
            }
        }

        private object Value(int type) => type switch
        {
            1 => true,
            2 => false,
            3 => (long)(sbyte)bytes[Position++],
            4 or 5 or 6 => Signed(),
            8 => Binary(),
            9 => List(),
            12 => Struct(),
            _ => throw new InvalidDataException($"Type {type} at {Position}"),
        };

        private List<object> List()
        {
            var header = bytes[Position++];
            var count = header >> 4 == 15 ? (int)Unsigned() : header >> 4;
            return [.. Enumerable.Range(0, count).Select(_ => Value(header & 15))];
        }

        private byte[] Binary()
        {
            var length = (int)Unsigned();
            Position += length;
            return bytes[(Position - length)..Position];
        }

        private long Signed()
        {
            var value = Unsigned();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }

        private ulong Unsigned()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var next = bytes[Position++];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }
        }
    }
}
