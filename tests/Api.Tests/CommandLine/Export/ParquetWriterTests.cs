using System.Data;
using Scalelite.Api.CommandLine.Export;
using Scalelite.Api.CommandLine.Export.Parquet;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Export;

public sealed class ParquetWriterTests
{
    private static readonly DateTime Moment = new DateTime(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc).AddMicroseconds(123_456);

    [Fact]
    public async Task Every_type_and_null_is_read_as_it_was_written()
    {
        using var table = Table(
            ("text", typeof(string)), ("int", typeof(int)), ("long", typeof(long)), ("double", typeof(double)), ("boolean", typeof(bool)),
            ("time", typeof(DateTime)), ("uuid", typeof(Guid)), ("never", typeof(string)));
        var id = Guid.NewGuid();
        table.Rows.Add("Zoë, \"Ω\" 😀", int.MinValue, long.MaxValue, -0.1, true, Moment, id, null);
        table.Rows.Add(null, null, null, null, null, null, null, null);
        table.Rows.Add("", 0, -1L, double.MaxValue, false, DateTime.UnixEpoch.AddMicroseconds(-1), Guid.Empty, null);

        var file = await WriteAsync(table);
        Assert.Equal(3, file.Rows);
        Assert.Equal(
            [("text", 6L, false, 0L), ("int", 1L, false, null), ("long", 2L, false, null), ("double", 5L, false, null), ("boolean", 0L, false, null), ("time", 2L, true, 10L), ("uuid", 6L, false, 0L), ("never", 6L, false, (object?)0L)],
            file.Columns);
        Assert.Equal(["Zoë, \"Ω\" 😀", null, ""], file.Values(0));
        Assert.Equal([int.MinValue, null, 0], file.Values(1));
        Assert.Equal([long.MaxValue, null, -1L], file.Values(2));
        Assert.Equal([-0.1, null, double.MaxValue], file.Values(3));
        Assert.Equal([true, null, false], file.Values(4));
        Assert.Equal([(Moment - DateTime.UnixEpoch).Ticks / 10, null, -1L], file.Values(5));
        Assert.Equal([$"{id}", null, $"{Guid.Empty}"], file.Values(6));
        Assert.Equal([null, null, null], file.Values(7));

        var statistics = (Dictionary<short, object>)Assert.Single(file.Groups).Columns[1][12];
        Assert.Equal((1L, 0, int.MinValue), ((long)statistics[3], BitConverter.ToInt32((byte[])statistics[5]), BitConverter.ToInt32((byte[])statistics[6])));
        Assert.False(((Dictionary<short, object>)file.Groups[0].Columns[7][12]).ContainsKey(5));
    }

    [Fact]
    public async Task Many_rows_become_row_groups_of_bounded_size()
    {
        const int Rows = 250_000;
        using var table = Table(("n", typeof(int)), ("odd", typeof(bool)), ("text", typeof(string)));
        for (var n = 0; n < Rows; n++) table.Rows.Add(n, n % 2 == 1, n % 3 == 0 ? null : $"row {n}");

        var file = await WriteAsync(table);
        Assert.Equal([100_000L, 100_000L, 50_000L], file.Groups.Select(group => group.Rows));
        Assert.Equal(Enumerable.Range(0, Rows).Cast<object?>(), file.Values(0));
        Assert.Equal(Enumerable.Range(0, Rows).Select(n => (object?)(n % 2 == 1)), file.Values(1));
        Assert.Equal(Enumerable.Range(0, Rows).Select(n => n % 3 == 0 ? null : $"row {n}"), file.Values(2));
    }

    [Fact]
    public async Task Long_texts_end_a_row_group_early()
    {
        using var table = Table(("text", typeof(string)));
        for (var n = 0; n < 40; n++) table.Rows.Add(new string((char)('a' + (n % 26)), 1 << 20));

        var file = await WriteAsync(table);
        Assert.Equal([16L, 16L, 8L], file.Groups.Select(group => group.Rows));
        Assert.All(file.Values(0), value => Assert.Equal(1 << 20, ((string)value!).Length));
    }

    [Fact]
    public async Task No_row_at_all_is_a_file_too()
    {
        using var table = Table(("text", typeof(string)));
        var file = await WriteAsync(table);
        Assert.Equal((0, 0, 1), (file.Rows, file.Groups.Count, file.Columns.Count));
    }

    private static DataTable Table(params (string Name, Type Type)[] columns)
    {
        var table = new DataTable();
        foreach (var (name, type) in columns) table.Columns.Add(name, type);
        return table;
    }

    private static async Task<ParquetFile> WriteAsync(DataTable table)
    {
        using var output = new MemoryStream();
        var writer = new ParquetWriter(output);
        await writer.BeginAsync([.. table.Columns.Cast<DataColumn>().Select(column => ExportColumn.Of(column.ColumnName, column.DataType))], default);
        await using var row = table.CreateDataReader();
        while (await row.ReadAsync()) await writer.WriteAsync(row, default);
        await writer.EndAsync(default);
        return new ParquetFile(output.ToArray());
    }
}
