using Scalelite.Domain.Recordings;

namespace Scalelite.Domain.Imports;

/// <summary>How an archive came.</summary>
public enum ArchiveSource
{
    /// <summary>It lay in RECORDING_SPOOL_DIR.</summary>
    Spool,

    /// <summary>A node uploaded it.</summary>
    Upload,
}

/// <summary>An archive is ours: renamed to <c>.importing/{import}/{name}</c> in the spool, where no newer one of its name touches it.</summary>
/// <param name="ServerId">The node that uploaded it; null from the spool.</param>
public sealed record ArchiveReceived(Guid ImportId, string Name, long Bytes, ArchiveSource Source, string? ServerId, DateTimeOffset At);

/// <summary>The archive was read to its end, and nothing in it is refused as a whole.</summary>
/// <param name="Formats">The formats in it, each to be staged, put in place and catalogued, but for those that are refused next.</param>
/// <param name="Bytes">Unpacked.</param>
public sealed record ArchiveChecked(Guid ImportId, IReadOnlyList<ArchivedFormat> Formats, int Files, long Bytes, DateTimeOffset At);

/// <summary>A format in an archive: its folder is <c>{format}/{recordID}</c>.</summary>
public sealed record ArchivedFormat(string RecordId, string Format);

/// <summary>One format can't be imported, which keeps no other one out; the archive is quarantined when those are in.</summary>
public sealed record FormatRefused(Guid ImportId, string RecordId, string Format, string Reason, DateTimeOffset At);

/// <summary>A format is unpacked beside its target and on the disk for good. What happens next can be undone from what stands here.</summary>
/// <param name="Staged">The folder that it was unpacked to.</param>
/// <param name="Target">The folder that it becomes.</param>
/// <param name="Aside">What an older folder in its place is renamed to, until the format is catalogued.</param>
public sealed record FormatStaged(
    Guid ImportId, string RecordId, string Format, RecordingPlace Place, string Staged, string Target, string Aside, DateTimeOffset At);

/// <summary>A format's files are in place.</summary>
public sealed record FormatInPlace(Guid ImportId, string RecordId, string Format, DateTimeOffset At);

/// <summary>A format is in the catalog.</summary>
public sealed record FormatImported(Guid ImportId, string RecordId, string Format, DateTimeOffset At);

/// <summary>Every format is in, and the archive is removed.</summary>
public sealed record ImportCompleted(Guid ImportId, DateTimeOffset At);

/// <summary>An attempt failed; it goes on where it stands at <paramref name="RetryAt"/>.</summary>
public sealed record ImportFailed(Guid ImportId, int Attempt, string Reason, DateTimeOffset RetryAt, DateTimeOffset At);

/// <summary>The archive can't be imported as it is; it is kept in <c>.quarantine/{import}/{name}</c> until somebody retries it.</summary>
public sealed record ArchiveQuarantined(Guid ImportId, string Reason, DateTimeOffset At);

/// <summary>Somebody wants another try at once; from the beginning where the archive was quarantined.</summary>
public sealed record ImportRetried(Guid ImportId, DateTimeOffset At);
