namespace Scalelite.Api.CommandLine.Export;

/// <summary>What a column's values are.</summary>
internal enum ExportKind
{
    Text,
    Int,
    Long,
    Double,
    Boolean,

    /// <summary>A moment in UTC, to the microsecond.</summary>
    Time,
    Uuid,
}

/// <summary>A column of an export; any value may be null.</summary>
internal sealed record ExportColumn(string Name, ExportKind Kind)
{
    /// <summary>The kind of a column that Npgsql gives as this type.</summary>
    public static ExportColumn Of(string name, Type type) => new(
        name,
        type == typeof(string) ? ExportKind.Text
        : type == typeof(int) ? ExportKind.Int
        : type == typeof(long) ? ExportKind.Long
        : type == typeof(double) ? ExportKind.Double
        : type == typeof(bool) ? ExportKind.Boolean
        : type == typeof(DateTime) ? ExportKind.Time
        : type == typeof(Guid) ? ExportKind.Uuid
        : throw new NotSupportedException($"Column {name} is a {type.Name}, which no export knows"));
}
