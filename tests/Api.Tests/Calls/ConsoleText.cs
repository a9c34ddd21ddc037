using System.Text;

namespace Scalelite.Api.Tests.Calls;

/// <summary>All that this process writes to standard output and standard error, the logs of balancers and commands among it.</summary>
internal static class ConsoleText
{
    private static readonly Copy Captured = new(Console.Out);
    private static readonly Copy CapturedErrors = new(Console.Error);
    private static int _begun;

    /// <summary>Begins to listen; once for a process.</summary>
    public static void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0) return;
        Console.SetOut(Captured);
        Console.SetError(CapturedErrors);
    }

    /// <summary>What was written since <see cref="Begin"/>.</summary>
    public static string All => Captured.Text + CapturedErrors.Text;

    /// <summary>The lines that hold a text.</summary>
    public static string[] Lines(string holding) =>
        [.. All.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains(holding, StringComparison.Ordinal))];

    private sealed class Copy(TextWriter original) : TextWriter
    {
        private readonly StringBuilder _text = new();
        private readonly Lock _gate = new();

        public override Encoding Encoding => original.Encoding;

        public string Text
        {
            get
            {
                lock (_gate) return _text.ToString();
            }
        }

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            lock (_gate) _text.Append(value);
            original.Write(value);
        }

        public override void WriteLine(string? value) => Write(value + "\n");
    }
}
