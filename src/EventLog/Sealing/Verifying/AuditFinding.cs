namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>What a verification of the log came upon.</summary>
public enum AuditFindingKind
{
    /// <summary>An event's data are not what was sealed.</summary>
    DataChanged,

    /// <summary>An event's data are what was sealed; its id, version, type, time, correlation, causation or headers are not.</summary>
    MetadataChanged,

    /// <summary>An event is not in the stream in which it was sealed.</summary>
    StreamChanged,

    /// <summary>An event was archived after it was sealed, which hides it from readers; or the other way round.</summary>
    Archived,

    /// <summary>Sealed events are gone, and nothing tells of it.</summary>
    EventsRemoved,

    /// <summary>Events that no seal knows bear numbers that were sealed: they were put in later.</summary>
    EventsInserted,

    /// <summary>A stream was pruned, but its events are not those that the log tells of.</summary>
    PruningWrong,

    /// <summary>A seal's content is not what it was signed as, or is signed with a key that is not known.</summary>
    SignatureWrong,

    /// <summary>A seal does not go on where the last one ended.</summary>
    ChainBroken,

    /// <summary>What a seal keeps of its events is not what was sealed.</summary>
    LeavesDamaged,

    /// <summary>Seals are missing between others.</summary>
    SealsMissing,

    /// <summary>A seal is not the one that was written outside the database.</summary>
    SealRewritten,

    /// <summary>The log once reached further: seals were written outside the database that it does not have.</summary>
    LogTruncated,

    /// <summary>An event's data were overwritten, and the log tells who did.</summary>
    Redacted,

    /// <summary>A stream was deleted, and the log tells who did.</summary>
    Pruned,

    /// <summary>Events that are not sealed yet.</summary>
    NotSealed,

    /// <summary>Seals that stand in none of the copies outside the database.</summary>
    NotOutside,

    /// <summary>Nothing outside the database was compared.</summary>
    NothingOutside,

    /// <summary>A line of a copy that is no seal.</summary>
    LineUnreadable,
}

/// <summary>One finding.</summary>
/// <param name="Seal">The seal in which it was found.</param>
/// <param name="Stream">The stream's key; null where it is not known any more.</param>
/// <param name="Numbers">The events' numbers in the log.</param>
/// <param name="Detail">A sentence for a person, without a stop.</param>
/// <param name="Actor">Who redacted or pruned.</param>
public sealed record AuditFinding(
    AuditFindingKind Kind, string Detail, long? Seal = null, string? Stream = null, IReadOnlyList<long>? Numbers = null, string? Actor = null)
{
    /// <summary>Something is not what it was. What the log tells of itself and what is only to be known is not wrong.</summary>
    public bool IsWrong => Kind < AuditFindingKind.Redacted;
}

/// <summary>How far a verification is.</summary>
public sealed class VerifyProgress
{
    /// <summary>Seals that were checked.</summary>
    public long Seals { get; internal set; }

    /// <summary>Events that were compared.</summary>
    public long Events { get; internal set; }

    /// <summary>The last number that was compared.</summary>
    public long UpTo { get; internal set; }
}
