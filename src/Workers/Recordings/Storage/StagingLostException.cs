namespace Scalelite.Workers.Recordings.Storage;

/// <summary>A format that was to be put in place is neither staged nor in place: its archive is to be unpacked again.</summary>
public sealed class StagingLostException(string message) : IOException(message);
