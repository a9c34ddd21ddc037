using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Parameters;

namespace Scalelite.BigBlueButton.Checksums;

/// <summary>
/// A request's query exactly as it was received: what the checksum is taken over, and the only source of parameters
/// (<c>bbb-api.md §1.3</c>).
/// </summary>
public sealed class RawQuery
{
    private const string ChecksumName = "checksum";

    private readonly List<Parameter> _parameters = [];

    /// <summary>Reads a query.</summary>
    /// <param name="text">What follows the first <c>?</c> of the request's target, neither decoded nor encoded anew; null is empty.</param>
    public RawQuery(string? text)
    {
        Text = WithoutChecksum = text ?? "";
        var checksums = 0;
        for (var start = 0; start < Text.Length;)
        {
            var end = Text.IndexOf('&', start);
            end = end < 0 ? Text.Length : end;
            if (end > start)
            {
                var pair = Text.AsSpan(start, end - start);
                var equals = pair.IndexOf('=');
                var rawName = equals < 0 ? pair : pair[..equals];
                var rawValue = equals < 0 ? default : pair[(equals + 1)..];
                var name = PercentEncoding.Decode(rawName);
                if (name != ChecksumName)
                {
                    _parameters.Add(new Parameter(name, PercentEncoding.Decode(rawValue)));
                }
                else if (++checksums == 1)
                {
                    Checksum = rawValue.ToString();
                    WithoutChecksum = rawName.SequenceEqual(ChecksumName) ? Strip(Text, start, end) : Text;
                }
            }

            start = end + 1;
        }

        HasSeveralChecksums = checksums > 1;
    }

    /// <summary>The query as received.</summary>
    public string Text { get; }

    /// <summary>The first checksum as received; null where there is none, empty for <c>checksum=</c>.</summary>
    public string? Checksum { get; }

    /// <summary>More than one parameter is called <c>checksum</c>: such a request is refused.</summary>
    public bool HasSeveralChecksums { get; }

    /// <summary>
    /// The text that the checksum is taken over: <see cref="Text"/> without the checksum and the <c>&amp;</c> before it, or behind it where it stands first.
    /// Only the parameter itself goes. BBB removes the same text from inside other values too, which lets a signed link be changed there.
    /// </summary>
    public string WithoutChecksum { get; }

    /// <summary>All parameters but the checksum, decoded, in the order sent, repeated names included.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The first value of <paramref name="name"/> (case-sensitive), decoded; null where it was not sent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in _parameters)
            {
                if (parameter.Name == name)
                {
                    return parameter.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The query of a request's target as it stood in the request line (<c>/path?query</c>).</summary>
    public static RawQuery OfTarget(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        return new RawQuery(mark < 0 ? "" : target[(mark + 1)..]);
    }

    /// <summary>The query as received: it may hold names and passwords and is no text for a log.</summary>
    public override string ToString() => Text;

    private static string Strip(string text, int start, int end) => start > 0
        ? string.Concat(text.AsSpan(0, start - 1), text.AsSpan(end))
        : text[Math.Min(end + 1, text.Length)..];
}
