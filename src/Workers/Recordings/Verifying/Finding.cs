using Scalelite.Domain.Recordings;

namespace Scalelite.Workers.Recordings.Verifying;

/// <summary>What is wrong with a recording's files.</summary>
public enum FindingKind
{
    /// <summary>A format of the catalog has no files.</summary>
    Missing,

    /// <summary>The files of a format are not where the recording's state wants them.</summary>
    Misplaced,

    /// <summary>Files of a format lie where they belong and in the other place too.</summary>
    Twice,

    /// <summary>Files of a recording that was deleted are still there.</summary>
    Undeleted,

    /// <summary>There are files of a format that the catalog does not know.</summary>
    Orphaned,

    /// <summary>A file of the manifest is not there.</summary>
    FileMissing,

    /// <summary>A file is not as the manifest lists it.</summary>
    FileAltered,

    /// <summary>A file is there that no manifest lists.</summary>
    FileUnlisted,

    /// <summary>The manifest is not the one that the import wrote.</summary>
    ManifestAltered,
}

/// <summary>Something that is wrong.</summary>
/// <param name="Place">Where the files are that it is about; null where there are none.</param>
/// <param name="Path">A file, relative to the format's folder; null where it is about all of them.</param>
/// <param name="Detail">For a person.</param>
/// <param name="Repaired">It was put right.</param>
public sealed record Finding(
    FindingKind Kind, string RecordId, string Format, RecordingPlace? Place, string? Path, string Detail, bool Repaired = false);

/// <summary>How thorough, and what may be done.</summary>
/// <param name="Content">Compare files with the manifests, byte by byte.</param>
/// <param name="Repair">Put right what can be: move what is misplaced, set aside what nobody knows. No file is ever removed.</param>
/// <param name="ForgetMissing">Take formats without files out of the catalog.</param>
public sealed record VerifyOptions(bool Content = false, bool Repair = false, bool ForgetMissing = false);

/// <summary>How far it is.</summary>
public sealed record VerifyProgress
{
    /// <summary>Formats of the catalog that were looked at.</summary>
    public int Formats { get; internal set; }

    /// <summary>Formats that have files.</summary>
    public int Folders { get; internal set; }

    /// <summary>Files that were read.</summary>
    public long Files { get; internal set; }

    /// <summary>Formats without a manifest, whose content cannot be compared: their import was Scalelite's.</summary>
    public int WithoutManifest { get; internal set; }
}
