namespace Scalelite.Domain.Imbalance;

/// <summary>Load and placements of each server over time, in at most <see cref="MostColumns"/> columns: what a heat map shows.</summary>
public sealed class LoadGrid
{
    /// <summary>The most columns: a day in five minutes each.</summary>
    public const int MostColumns = 288;

    private readonly Dictionary<string, Row> rows = new(StringComparer.Ordinal);

    internal LoadGrid(ImbalanceRange range)
    {
        From = range.From;
        To = range.To;
        Width = range.Width * Math.Max(1, Math.Ceiling((To - From) / range.Width / MostColumns));
        Columns = (int)Math.Ceiling((To - From) / Width);
    }

    /// <summary>When the first column begins.</summary>
    public DateTimeOffset From { get; }

    /// <summary>When the last column ends.</summary>
    public DateTimeOffset To { get; }

    /// <summary>Of a column: a multiple of a bucket's.</summary>
    public TimeSpan Width { get; }

    /// <summary>How many there are.</summary>
    public int Columns { get; }

    /// <summary>The servers, in order of id.</summary>
    public IReadOnlyList<string> Servers => [.. rows.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The mean load while the server took meetings in the column; null where it did not.</summary>
    public double? Load(string serverId, int column) =>
        rows.TryGetValue(serverId, out var row) && row.Seconds[column] > 0 ? row.LoadSeconds[column] / row.Seconds[column] : null;

    /// <summary>Placements onto the server in the column.</summary>
    public int Placements(string serverId, int column) => rows.TryGetValue(serverId, out var row) ? row.Placements[column] : 0;

    internal void Hold(string serverId, double load, DateTimeOffset from, DateTimeOffset to)
    {
        var row = RowOf(serverId);
        for (var column = ColumnOf(from); column < Columns && from < to; column++)
        {
            var end = From + (Width * (column + 1));
            var seconds = ((end < to ? end : to) - from).TotalSeconds;
            row.Seconds[column] += seconds;
            row.LoadSeconds[column] += load * seconds;
            from = end;
        }
    }

    internal void Placed(string serverId, DateTimeOffset at) => RowOf(serverId).Placements[ColumnOf(at)]++;

    private int ColumnOf(DateTimeOffset at) => (int)((at - From).Ticks / Width.Ticks);

    private Row RowOf(string serverId)
    {
        if (!rows.TryGetValue(serverId, out var row)) rows[serverId] = row = new Row(Columns);
        return row;
    }

    private sealed class Row(int columns)
    {
        public double[] LoadSeconds { get; } = new double[columns];

        public double[] Seconds { get; } = new double[columns];

        public int[] Placements { get; } = new int[columns];
    }
}
