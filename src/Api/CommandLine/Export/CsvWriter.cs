using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Scalelite.Api.CommandLine.Export;

/// <summary>
/// CSV as RFC 4180 quotes it, a line feed after each row: names first; null is an empty cell, an empty text <c>""</c>; times in ISO 8601 and UTC.
/// </summary>
internal sealed class CsvWriter(TextWriter output) : IExportWriter
{
    private readonly StringBuilder _line = new();
    private IReadOnlyList<ExportColumn> _columns = [];

    /// <inheritdoc/>
    public async Task BeginAsync(IReadOnlyList<ExportColumn> columns, CancellationToken cancellation)
    {
        _columns = columns;
        await output.WriteAsync($"{string.Join(',', columns.Select(column => column.Name))}\n".AsMemory(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(DbDataReader row, CancellationToken cancellation)
    {
        _line.Clear();
        for (var i = 0; i < _columns.Count; i++)
        {
            if (i > 0) _line.Append(',');
            if (!row.IsDBNull(i)) Append(row, i);
        }

        _line.Append('\n');
        await output.WriteAsync(_line, cancellation);
    }

    /// <inheritdoc/>
    public Task EndAsync(CancellationToken cancellation) => output.FlushAsync(cancellation);

    private void Append(DbDataReader row, int i)
    {
        switch (_columns[i].Kind)
        {
            case ExportKind.Int:
                _line.Append(CultureInfo.InvariantCulture, $"{row.GetInt32(i)}");
                break;
            case ExportKind.Long:
                _line.Append(CultureInfo.InvariantCulture, $"{row.GetInt64(i)}");
                break;
            case ExportKind.Double:
                _line.Append(CultureInfo.InvariantCulture, $"{row.GetDouble(i):R}");
                break;
            case ExportKind.Boolean:
                _line.Append(row.GetBoolean(i) ? "true" : "false");
                break;
            case ExportKind.Time:
                _line.Append(CultureInfo.InvariantCulture, $"{row.GetDateTime(i):yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'}");
                break;
            case ExportKind.Uuid:
                _line.Append(CultureInfo.InvariantCulture, $"{row.GetGuid(i)}");
                break;
            default:
                Quote(row.GetString(i));
                break;
        }
    }

    private void Quote(string text)
    {
        if (text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && text.AsSpan().IndexOfAny(",\"\r\n") < 0)
            _line.Append(text);
        else
            _line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
