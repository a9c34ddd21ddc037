namespace Scalelite.Workers.Recordings;

/// <summary>Formats of a recording came into the catalog by this import: its first ones, more, or the same again.</summary>
public sealed record RecordingArrived(Guid ImportId, string RecordId);
