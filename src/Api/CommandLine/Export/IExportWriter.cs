using System.Data.Common;

namespace Scalelite.Api.CommandLine.Export;

/// <summary>A format of an export. Rows go through one by one: what is held of them is bounded.</summary>
internal interface IExportWriter
{
    /// <summary>Before the first row.</summary>
    Task BeginAsync(IReadOnlyList<ExportColumn> columns, CancellationToken cancellation);

    /// <summary>The reader's current row.</summary>
    ValueTask WriteAsync(DbDataReader row, CancellationToken cancellation);

    /// <summary>After the last row.</summary>
    Task EndAsync(CancellationToken cancellation);
}
