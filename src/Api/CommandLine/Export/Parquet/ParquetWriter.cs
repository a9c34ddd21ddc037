using System.Buffers;
using System.Buffers.Binary;
using System.Data.Common;

namespace Scalelite.Api.CommandLine.Export.Parquet;

/// <summary>
/// Writes rows as Apache Parquet: row groups of bounded size, a column a page (data page v1, PLAIN, GZIP), texts as UTF-8, times as
/// microseconds in UTC, UUIDs as texts. The stream is only written to, never sought.
/// </summary>
internal sealed class ParquetWriter : IExportWriter
{
    private const int Gzip = 2, Plain = 0, Rle = 3, Optional = 1, Utf8 = 0, TimestampMicros = 10;
    private const int MostRows = 100_000, MostBytes = 16 << 20;

    private readonly Stream _output;
    private readonly List<RowGroup> _groups = [];
    private ParquetColumn[] _columns = [];
    private int _rows;
    private long _written;

    public ParquetWriter(Stream output) => _output = output;

    /// <inheritdoc/>
    public async Task BeginAsync(IReadOnlyList<ExportColumn> columns, CancellationToken cancellation)
    {
        _columns = [.. columns.Select(column => new ParquetColumn(column))];
        await WriteAsync("PAR1"u8.ToArray(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(DbDataReader row, CancellationToken cancellation)
    {
        var bytes = 0L;
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Add(row, i);
            bytes += _columns[i].Bytes;
        }

        if (++_rows == MostRows || bytes >= MostBytes) await FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (_rows > 0) await FlushAsync(cancellation);
        var footer = new ArrayBufferWriter<byte>();
        Footer(new ThriftCompactWriter(footer));
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.WrittenCount);
        await WriteAsync(footer.WrittenMemory, cancellation);
        await WriteAsync(length, cancellation);
        await WriteAsync("PAR1"u8.ToArray(), cancellation);
        await _output.FlushAsync(cancellation);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        var chunks = new List<Chunk>(_columns.Length);
        foreach (var column in _columns)
        {
            var (size, compressed) = column.Page();
            var header = new ArrayBufferWriter<byte>();
            var thrift = new ThriftCompactWriter(header);
            var rows = _rows;
            thrift.Write(() =>
            {
                thrift.Field(1, 0);
                thrift.Field(2, size);
                thrift.Field(3, compressed.Length);
                thrift.Field(5, () =>
                {
                    thrift.Field(1, rows);
                    thrift.Field(2, Plain);
                    thrift.Field(3, Rle);
                    thrift.Field(4, Rle);
                });
            });
            chunks.Add(new Chunk(_written, size + header.WrittenCount, compressed.Length + header.WrittenCount, column.Nulls, column.Range));
            await WriteAsync(header.WrittenMemory, cancellation);
            await WriteAsync(compressed, cancellation);
            column.Clear();
        }

        _groups.Add(new RowGroup(_rows, chunks));
        _rows = 0;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _output.WriteAsync(bytes, cancellation);
        _written += bytes.Length;
    }

    private void Footer(ThriftCompactWriter thrift) => thrift.Write(() =>
    {
        thrift.Field(1, 1);
        thrift.Structs<ParquetColumn?>(2, [null, .. _columns], column => Schema(thrift, column));
        thrift.Field(3, _groups.Sum(group => (long)group.Rows));
        thrift.Structs(4, _groups, group =>
        {
            thrift.Structs(1, [.. group.Chunks.Zip(_columns)], chunk => Meta(thrift, chunk.First, chunk.Second, group.Rows));
            thrift.Field(2, group.Chunks.Sum(chunk => chunk.Size));
            thrift.Field(3, (long)group.Rows);
        });
        thrift.Field(6, "scalelite export");
        // The order that statistics go by is that of the types.
        thrift.Structs(7, _columns, _ => thrift.Field(1, () => { }));
    });

    /// <param name="column">Null: the root.</param>
    private void Schema(ThriftCompactWriter thrift, ParquetColumn? column)
    {
        if (column is null)
        {
            thrift.Field(4, "schema");
            thrift.Field(5, _columns.Length);
            return;
        }

        thrift.Field(1, column.PhysicalType);
        thrift.Field(3, Optional);
        thrift.Field(4, column.Column.Name);
        switch (column.Column.Kind)
        {
            case ExportKind.Text or ExportKind.Uuid:
                thrift.Field(6, Utf8);
                thrift.Field(10, () => thrift.Field(1, () => { }));
                break;
            case ExportKind.Time:
                thrift.Field(6, TimestampMicros);
                thrift.Field(10, () => thrift.Field(8, () =>
                {
                    thrift.Field(1, true);
                    thrift.Field(2, () => thrift.Field(2, () => { }));
                }));
                break;
        }
    }

    private static void Meta(ThriftCompactWriter thrift, Chunk chunk, ParquetColumn column, int rows)
    {
        thrift.Field(2, chunk.Offset);
        thrift.Field(3, () =>
        {
            thrift.Field(1, column.PhysicalType);
            thrift.Numbers(2, Plain, Rle);
            thrift.Texts(3, column.Column.Name);
            thrift.Field(4, Gzip);
            thrift.Field(5, (long)rows);
            thrift.Field(6, chunk.Size);
            thrift.Field(7, chunk.Compressed);
            thrift.Field(9, chunk.Offset);
            thrift.Field(12, () =>
            {
                thrift.Field(3, (long)chunk.Nulls);
                if (chunk.Range is not var (least, most)) return;
                thrift.Field(5, most.AsSpan());
                thrift.Field(6, least.AsSpan());
            });
        });
    }

    private sealed record RowGroup(int Rows, IReadOnlyList<Chunk> Chunks);

    /// <param name="Offset">Of its page's header in the file.</param>
    /// <param name="Size">Header included, not compressed.</param>
    private sealed record Chunk(long Offset, long Size, long Compressed, int Nulls, (byte[] Least, byte[] Most)? Range);
}
