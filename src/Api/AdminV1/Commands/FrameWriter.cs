using System.Text;
using Scalelite.Api.CommandLine;

namespace Scalelite.Api.AdminV1.Commands;

/// <summary>Standard output or standard error of a command, which goes elsewhere.</summary>
/// <param name="say">Takes each part.</param>
internal sealed class FrameWriter(Action<string> say, int? columns) : TextWriter, IColumnWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public int? Columns => columns;

    public override void Write(char value) => say(value.ToString());

    public override void Write(string? value)
    {
        if (value is { Length: > 0 }) say(value);
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => say(value + CoreNewLine[^1]);

    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public override Task FlushAsync() => Task.CompletedTask;
}
