using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Scalelite.Api.CommandLine.Export;

/// <summary>
/// CSV as RFC 4180 quotes it, a line feed after each row: names first; null is an empty cell, an empty text <c>""</c>; times in ISO 8601 and UTC.
/// </summary>
internal sealed class CsvWriter(TextWriter output) : IExportWriter
{
    private const int Chunk = 1 << 15;

    private readonly StringBuilder _text = new();
    private IReadOnlyList<ExportColumn> _columns = [];

    /// <inheritdoc/>
    public Task BeginAsync(IReadOnlyList<ExportColumn> columns, CancellationToken cancellation)
    {
        _columns = columns;
        _text.AppendJoin(',', columns.Select(column => column.Name)).Append('\n');
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(DbDataReader row, CancellationToken cancellation)
    {
        for (var i = 0; i < _columns.Count; i++)
        {
            if (i > 0) _text.Append(',');
            if (!row.IsDBNull(i)) Append(row, i);
        }

        _text.Append('\n');
        if (_text.Length >= Chunk) await FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task EndAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await output.FlushAsync(cancellation);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(_text, cancellation);
        _text.Clear();
    }

    private void Append(DbDataReader row, int i)
    {
        switch (_columns[i].Kind)
        {
            case ExportKind.Int:
                _text.Append(CultureInfo.InvariantCulture, $"{row.GetInt32(i)}");
                break;
            case ExportKind.Long:
                _text.Append(CultureInfo.InvariantCulture, $"{row.GetInt64(i)}");
                break;
            case ExportKind.Double:
                _text.Append(CultureInfo.InvariantCulture, $"{row.GetDouble(i):R}");
                break;
            case ExportKind.Boolean:
                _text.Append(row.GetBoolean(i) ? "true" : "false");
                break;
            case ExportKind.Time:
                _text.Append(CultureInfo.InvariantCulture, $"{row.GetDateTime(i):yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'}");
                break;
            case ExportKind.Uuid:
                _text.Append(CultureInfo.InvariantCulture, $"{row.GetGuid(i)}");
                break;
            default:
                Quote(row.GetString(i));
                break;
        }
    }

    private void Quote(string text)
    {
        if (text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && text.AsSpan().IndexOfAny(",\"\r\n") < 0)
            _text.Append(text);
        else
            _text.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
