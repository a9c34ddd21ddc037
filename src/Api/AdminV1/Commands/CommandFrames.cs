using System.Text;
using Scalelite.Api.CommandLine.Remote;

namespace Scalelite.Api.AdminV1.Commands;

/// <summary>
/// What a command says, on its way to whoever ordered it. A command that is faster than the network waits here, as it would for a slow terminal:
/// so no more of it is held than <see cref="MostHeld"/>.
/// </summary>
/// <param name="most">The command may say no more than this many bytes, about, in all.</param>
internal sealed class CommandFrames(long most) : IDisposable
{
    private const int MostHeld = 1 << 20;

    // Text that was said in small parts goes out in one frame, but in none that a reader must gather for long.
    private const int LongestText = 64 * 1024;

    private readonly object _gate = new();
    private readonly List<Part> _held = [];
    private readonly SemaphoreSlim _more = new(0, 1);
    private long _heldBytes;
    private long _said;
    private bool _closed;

    /// <summary>Standard output.</summary>
    public void Out(string text) => Say(Stream.Out, text);

    /// <summary>Standard error.</summary>
    public void Error(string text) => Say(Stream.Error, text);

    /// <summary>A frame of its own.</summary>
    public void Add(CommandFrame frame) => Say(frame, (frame.Data?.Length ?? 0) + 100, null, null);

    /// <summary>The last of it.</summary>
    public void End(int exitCode) => Say(new CommandFrame(Exit: exitCode), 0, null, null, isLast: true);

    /// <summary>What went wrong in the end, also where too much was said before.</summary>
    public void EndWithError(string text) => Say(new CommandFrame(Error: text), 0, null, null, isLast: true);

    /// <summary>Nothing more is taken: who says something gets an <see cref="OperationCanceledException"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>What was said since the last time; waits until something was, and no longer than told.</summary>
    public async Task<IReadOnlyList<CommandFrame>> TakeAsync(TimeSpan within, CancellationToken cancellation)
    {
        await _more.WaitAsync(within, cancellation);
        lock (_gate)
        {
            CommandFrame[] taken = [.. _held.Select(part => part.ToFrame())];
            _held.Clear();
            _heldBytes = 0;
            Monitor.PulseAll(_gate);
            return taken;
        }
    }

    public void Dispose() => _more.Dispose();

    private void Say(Stream stream, string text)
    {
        for (var at = 0; at < text.Length; at += LongestText)
        {
            var part = text.Substring(at, Math.Min(LongestText, text.Length - at));
            Say(null, part.Length * sizeof(char), stream, part);
        }
    }

    private void Say(CommandFrame? frame, int bytes, Stream? stream, string? text, bool isLast = false)
    {
        lock (_gate)
        {
            while (_heldBytes > MostHeld && !_closed && !isLast) Monitor.Wait(_gate);
            if (_closed && isLast) return;
            if (_closed) throw new OperationCanceledException("Nobody listens any more");
            _said += bytes;
            if (_said > most && !isLast) throw new TooMuchSaidException(most);
            _heldBytes += bytes;
            if (frame is not null) _held.Add(new Part(frame));
            else if (_held is [.., { Text: { } last } before] && before.Stream == stream && last.Length + text!.Length <= LongestText) last.Append(text);
            else _held.Add(new Part(stream!.Value, text!));
            if (_more.CurrentCount == 0) _more.Release();
        }
    }

    private enum Stream
    {
        Out,
        Error,
    }

    private sealed class Part
    {
        private readonly CommandFrame? _frame;

        public Part(CommandFrame frame) => _frame = frame;

        public Part(Stream stream, string text) => (Stream, Text) = (stream, new StringBuilder(text));

        public Stream Stream { get; }

        public StringBuilder? Text { get; }

        public CommandFrame ToFrame() => _frame ?? (Stream == Stream.Out ? new CommandFrame(Out: Text!.ToString()) : new CommandFrame(Error: Text!.ToString()));
    }
}

/// <summary>A command said more than is sent.</summary>
internal sealed class TooMuchSaidException(long most) : Exception($"It said more than {most >> 20} MiB, and the rest is not sent: ask for less, or run it beside the database");
