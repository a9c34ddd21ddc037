using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Scalelite.Api.CommandLine.Export;

/// <summary>One JSON object a line, every column in it: numbers and booleans as such, nulls written, times in ISO 8601 and UTC.</summary>
internal sealed class JsonLinesWriter : IExportWriter, IDisposable
{
    private const int Chunk = 1 << 15;

    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly Utf8JsonWriter _json;
    private IReadOnlyList<ExportColumn> _columns = [];

    public JsonLinesWriter(TextWriter output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <inheritdoc/>
    public Task BeginAsync(IReadOnlyList<ExportColumn> columns, CancellationToken cancellation)
    {
        _columns = columns;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(DbDataReader row, CancellationToken cancellation)
    {
        _json.Reset();
        _json.WriteStartObject();
        for (var i = 0; i < _columns.Count; i++)
        {
            _json.WritePropertyName(_columns[i].Name);
            if (row.IsDBNull(i)) _json.WriteNullValue();
            else Write(row, i);
        }

        _json.WriteEndObject();
        _json.Flush();
        _text.Write("\n"u8);
        if (_text.WrittenCount >= Chunk) await FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task EndAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        await _output.FlushAsync(cancellation);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        await _output.WriteAsync(Encoding.UTF8.GetString(_text.WrittenSpan).AsMemory(), cancellation);
        _text.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();

    private void Write(DbDataReader row, int i)
    {
        switch (_columns[i].Kind)
        {
            case ExportKind.Int:
                _json.WriteNumberValue(row.GetInt32(i));
                break;
            case ExportKind.Long:
                _json.WriteNumberValue(row.GetInt64(i));
                break;
            case ExportKind.Double:
                _json.WriteNumberValue(row.GetDouble(i));
                break;
            case ExportKind.Boolean:
                _json.WriteBooleanValue(row.GetBoolean(i));
                break;
            case ExportKind.Time:
                _json.WriteStringValue(row.GetDateTime(i).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case ExportKind.Uuid:
                _json.WriteStringValue(row.GetGuid(i));
                break;
            default:
                _json.WriteStringValue(row.GetString(i));
                break;
        }
    }
}
