namespace Scalelite.Workers.Imports;

/// <summary>Nothing is left to do for an import: say so, and tell who waits for its recordings.</summary>
public sealed record FinishImport(Guid ImportId);
