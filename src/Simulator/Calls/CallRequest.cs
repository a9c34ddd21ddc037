using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain.Parameters;
using Scalelite.Simulator.Answers;

namespace Scalelite.Simulator.Calls;

/// <summary>A call whose checksum is right and whose body has been read.</summary>
internal sealed class CallRequest(SimulatedNode node, RawQuery query)
{
    private readonly int _crashesBefore = node.Table.Crashes;

    public SimulatedNode Node => node;

    /// <summary>The form's parameters; a node takes them as well as the query's, which come first.</summary>
    public RawQuery? Form { get; set; }

    /// <summary>How many <c>document</c> elements the XML body had.</summary>
    public int Documents { get; set; }

    public long BodyBytes { get; set; }

    /// <summary>Whether counts are written as 1,234.</summary>
    public bool ThousandsSeparators { get; init; }

    public IEnumerable<Parameter> Parameters => Form is null ? query.Parameters : query.Parameters.Concat(Form.Parameters);

    /// <summary>The first value sent; null where there is none.</summary>
    public string? this[string name] => query[name] ?? Form?[name];

    /// <summary>The same; null for an empty one, too.</summary>
    public string? NotEmpty(string name) => this[name] is { Length: > 0 } value ? value : null;

    /// <summary>Executes the call.</summary>
    /// <returns>Null where the node crashed since it was sent: nothing of it is left.</returns>
    public Answer? Execute(NodeCall call)
    {
        lock (node.Table.Gate)
        {
            return node.Table.Crashes == _crashesBefore ? call.Execute(this) : null;
        }
    }
}
