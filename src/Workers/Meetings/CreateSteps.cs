using System.Diagnostics;

namespace Scalelite.Workers.Meetings;

/// <summary>
/// Tells whoever listens in this process how far a create has come: diagnostics named <c>Scalelite.Create</c>, with the run's instance.
/// Nothing in the product listens; a test stops the process there.
/// </summary>
public static class CreateSteps
{
    /// <summary>The server is chosen and the reservation is in PostgreSQL; the node was not asked yet.</summary>
    public const string Placed = "placed";

    /// <summary>The node has answered SUCCESS; neither the caller nor PostgreSQL knows.</summary>
    public const string Answered = "answered";

    /// <summary>That the meeting started is in PostgreSQL.</summary>
    public const string Written = "written";

    private static readonly DiagnosticListener Listener = new("Scalelite.Create");

    /// <summary>The create has come to this step.</summary>
    public static void Reached(string step, Guid instance)
    {
        if (Listener.IsEnabled(step)) Listener.Write(step, instance);
    }
}
