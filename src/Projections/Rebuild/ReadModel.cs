using Scalelite.EventLog;

namespace Scalelite.Projections.Rebuild;

/// <summary>Tables that one projection fills, and that are thrown away and rebuilt together.</summary>
/// <param name="Name">Lower case and underscores; names the schema that it is rebuilt in.</param>
/// <param name="Tables">Its tables, those that others refer to first.</param>
/// <param name="Scripts">What creates the tables, and functions that the projection's SQL calls. Nothing names a schema.</param>
/// <param name="Projection">Writes to these tables and reads nothing but these.</param>
public sealed record ReadModel(string Name, IReadOnlyList<string> Tables, IReadOnlyList<SqlScript> Scripts, IProjection Projection);

/// <summary>How far a rebuild is, in numbers of the log.</summary>
/// <param name="Done">Events up to this number are replayed.</param>
/// <param name="Total">The log's last number, as far as it is known; it grows while the system runs.</param>
public sealed record RebuildProgress(string ReadModel, long Done, long Total);

/// <summary>The first row of a table that is not what the events say.</summary>
/// <param name="Row">Its key: <c>server_id = "a"</c>.</param>
/// <param name="Column">The first column that differs; null if the whole row is missing on one side.</param>
/// <param name="Live">The value in the live table, as JSON; null if the row is missing there.</param>
/// <param name="Rebuilt">The value that the events give, as JSON; null if they give no such row.</param>
public sealed record ReadModelDifference(string Table, string Row, string? Column, string? Live, string? Rebuilt)
{
    /// <summary>One line for the operator.</summary>
    public override string ToString() => (Column, Live, Rebuilt) switch
    {
        ({ } column, _, _) => $"{Table}, row {Row}: {column} is {Live}, the events say {Rebuilt}",
        (_, null, _) => $"{Table}, row {Row}: missing, the events say {Rebuilt}",
        _ => $"{Table}, row {Row}: the events know of no such row, it is {Live}",
    };
}

/// <summary>A rebuild did not come to its end; the live tables are as they were.</summary>
public sealed class RebuildException(string message, Exception? inner = null) : Exception(message, inner);
