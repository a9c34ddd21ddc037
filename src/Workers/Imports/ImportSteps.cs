using System.Diagnostics;

namespace Scalelite.Workers.Imports;

/// <summary>
/// Tells whoever listens in this process how far an import has come: diagnostics named <c>Scalelite.Import</c>, with the import's id.
/// Nothing in the product listens; a test stops the process there.
/// </summary>
public static class ImportSteps
{
    /// <summary>The archive is renamed, and PostgreSQL knows nothing of it.</summary>
    public const string Taken = "import.taken";

    /// <summary>That it was received is in PostgreSQL.</summary>
    public const string Received = "import.received";

    /// <summary>What is in the archive is in PostgreSQL.</summary>
    public const string Checked = "import.checked";

    /// <summary>A format is unpacked, and PostgreSQL does not know.</summary>
    public const string Unpacked = "import.unpacked";

    /// <summary>Where a format is unpacked is in PostgreSQL.</summary>
    public const string Staged = "import.staged";

    /// <summary>A format's files are in place, and PostgreSQL does not know.</summary>
    public const string Placed = "import.placed";

    /// <summary>That a format is in place is in PostgreSQL.</summary>
    public const string InPlace = "import.in-place";

    /// <summary>A format is in the catalog.</summary>
    public const string Catalogued = "import.catalogued";

    /// <summary>All is in the catalog and said so, and the archive is still there.</summary>
    public const string Completed = "import.completed";

    /// <summary>The archive is removed.</summary>
    public const string Removed = "import.removed";

    private static readonly DiagnosticListener Listener = new("Scalelite.Import");

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [Taken, Received, Checked, Unpacked, Staged, Placed, InPlace, Catalogued, Completed, Removed];

    /// <summary>The import has come to this step.</summary>
    public static void Reached(string step, Guid import)
    {
        if (Listener.IsEnabled(step)) Listener.Write(step, import);
    }
}
