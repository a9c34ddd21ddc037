namespace Scalelite.Workers.Imports.Archives;

/// <summary>An archive can't be imported as it is; the message says why, for a person.</summary>
/// <param name="endsEarly">It may only not have been written to its end yet.</param>
public sealed class ArchiveRefusedException(string message, bool endsEarly = false) : Exception(message)
{
    /// <summary>The archive ends before its end: cut off, or still growing.</summary>
    public bool EndsEarly => endsEarly;
}
