namespace Scalelite.Api.Tests.Demo;

/// <summary>Collects what is written, and does something at the first line that has a text.</summary>
internal sealed class WatchedWriter : StringWriter
{
    private readonly Lock _gate = new();
    private string? _text;
    private Action _act = () => { };

    /// <summary>Whether the text was written.</summary>
    public bool Seen { get; private set; }

    public void When(string text, Action act) => (_text, _act) = (text, act);

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            base.WriteLine(value);
            if (Seen || _text is null || value?.Contains(_text, StringComparison.Ordinal) != true) return;
            Seen = true;
        }

        _act();
    }

    public override string ToString()
    {
        lock (_gate) return base.ToString();
    }
}
