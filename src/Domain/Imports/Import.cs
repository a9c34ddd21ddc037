namespace Scalelite.Domain.Imports;

/// <summary>How far an import is.</summary>
public enum ImportPhase
{
    /// <summary>The archive is ours and not yet looked into.</summary>
    Received,

    /// <summary>What is in it is known; its formats are staged, put in place and catalogued one by one.</summary>
    Checked,

    /// <summary>Every format is in, and the archive is removed.</summary>
    Completed,

    /// <summary>It waits for a person.</summary>
    Quarantined,
}

/// <summary>How far a format of an archive is.</summary>
public enum FormatStep
{
    /// <summary>Only in the archive.</summary>
    Archived,

    /// <summary>Unpacked beside its target.</summary>
    Staged,

    /// <summary>In its place.</summary>
    InPlace,

    /// <summary>In the catalog.</summary>
    Imported,

    /// <summary>It stays out.</summary>
    Refused,
}

/// <summary>A format on its way.</summary>
/// <param name="Staged">The last staging; null before the first.</param>
/// <param name="Refusal">Why it stays out.</param>
public sealed record ImportedFormat(
    ArchivedFormat Format, FormatStep Step = FormatStep.Archived, FormatStaged? Staged = null, string? Refusal = null)
{
    /// <summary>Nothing more is done for it.</summary>
    public bool IsOver => Step is FormatStep.Imported or FormatStep.Refused;
}

/// <summary>
/// One archive's way into the catalog (stream <c>import-{id}</c>). It goes on from where it stands, whatever happened between.
/// Its events are in ImportEvents.cs.
/// </summary>
/// <param name="Attempts">Attempts that failed since something last went forward.</param>
public sealed record Import(
    Guid ImportId,
    string Name,
    ArchiveSource Source,
    ImportPhase Phase,
    IReadOnlyList<ImportedFormat> Formats,
    int Attempts,
    string? Reason)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>There is work to do.</summary>
    public bool IsOpen => Phase is ImportPhase.Received or ImportPhase.Checked;

    /// <summary>Ids of recordings that something of the archive is in the catalog of.</summary>
    public IReadOnlyList<string> Arrived =>
        [.. Formats.Where(format => format.Step == FormatStep.Imported).Select(format => format.Format.RecordId).Distinct(StringComparer.Ordinal)];

    public static Import Create(ArchiveReceived e) => new(e.ImportId, e.Name, e.Source, ImportPhase.Received, [], 0, null);

    public Import Apply(ArchiveChecked e) =>
        Forward() with { Phase = ImportPhase.Checked, Formats = [.. e.Formats.Select(format => new ImportedFormat(format))] };

    public Import Apply(FormatRefused e) =>
        Reached(e.RecordId, e.Format, format => format with { Step = FormatStep.Refused, Refusal = e.Reason });

    public Import Apply(FormatStaged e) => Reached(e.RecordId, e.Format, format => format with { Step = FormatStep.Staged, Staged = e });

    public Import Apply(FormatInPlace e) => Reached(e.RecordId, e.Format, format => format with { Step = FormatStep.InPlace });

    public Import Apply(FormatImported e) => Reached(e.RecordId, e.Format, format => format with { Step = FormatStep.Imported });

    public Import Apply(ImportCompleted _) => Forward() with { Phase = ImportPhase.Completed };

    public Import Apply(ImportFailed e) => this with { Attempts = e.Attempt, Reason = e.Reason };

    public Import Apply(ArchiveQuarantined e) => this with { Phase = ImportPhase.Quarantined, Reason = e.Reason };

    public Import Apply(ImportRetried _) => Phase == ImportPhase.Quarantined
        ? Forward() with { Phase = ImportPhase.Received, Formats = [] }
        : Forward();

    /// <summary>An archive was renamed into <c>.importing/{import}/</c>.</summary>
    /// <param name="serverId">The node that uploaded it; null from the spool.</param>
    public static Decision Receive(Guid import, string name, long bytes, ArchiveSource source, string? serverId, DateTimeOffset at) =>
        Decision.Of(new ArchiveReceived(import, name, bytes, source, serverId, at));

    /// <summary>Everything in the archive was read, and nothing of it is refused.</summary>
    public Decision Check(IReadOnlyList<ArchivedFormat> formats, int files, long bytes, DateTimeOffset at) =>
        When(Phase == ImportPhase.Received, new ArchiveChecked(ImportId, formats, files, bytes, at));

    /// <summary>A format is unpacked; again where its files were lost before they were catalogued.</summary>
    public Decision Stage(FormatStaged staged) =>
        When(Phase == ImportPhase.Checked && Find(staged.RecordId, staged.Format) is { IsOver: false }, staged);

    /// <summary>A staged format's files were put in place.</summary>
    public Decision PutInPlace(ArchivedFormat format, DateTimeOffset at) =>
        When(
            Phase == ImportPhase.Checked && Find(format.RecordId, format.Format)?.Step == FormatStep.Staged,
            new FormatInPlace(ImportId, format.RecordId, format.Format, at));

    /// <summary>A format in place is appended to its recording.</summary>
    public Decision Catalogue(ArchivedFormat format, DateTimeOffset at) =>
        When(
            Phase == ImportPhase.Checked && Find(format.RecordId, format.Format)?.Step == FormatStep.InPlace,
            new FormatImported(ImportId, format.RecordId, format.Format, at));

    /// <summary>A format stays out.</summary>
    public Decision Refuse(ArchivedFormat format, string reason, DateTimeOffset at) =>
        When(
            Phase == ImportPhase.Checked && Find(format.RecordId, format.Format) is { IsOver: false },
            new FormatRefused(ImportId, format.RecordId, format.Format, reason, at));

    /// <summary>Nothing is left to do: completed where every format is in, else the archive goes to the quarantine.</summary>
    public Decision Complete(DateTimeOffset at)
    {
        if (Phase != ImportPhase.Checked || !Formats.All(format => format.IsOver)) return Decision.Nothing;
        var refused = Formats.Where(format => format.Refusal is not null).Select(f => $"{f.Format.Format}/{f.Format.RecordId}: {f.Refusal}").ToList();
        return refused.Count > 0
            ? Decision.Of(new ArchiveQuarantined(ImportId, string.Join("; ", refused), at))
            : Decision.Of(new ImportCompleted(ImportId, at));
    }

    /// <summary>An attempt failed for a reason that may pass; the pause doubles with every one, up to five minutes.</summary>
    public Decision Fail(string reason, DateTimeOffset at)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(Attempts, 20)));
        return When(IsOpen, new ImportFailed(ImportId, Attempts + 1, reason, at + pause, at));
    }

    /// <summary>The archive can't be imported as it is.</summary>
    public Decision Quarantine(string reason, DateTimeOffset at) => When(IsOpen, new ArchiveQuarantined(ImportId, reason, at));

    /// <summary>A person wants it tried again: from the beginning where it is quarantined, else at once.</summary>
    public Decision Retry(DateTimeOffset at) => Phase switch
    {
        ImportPhase.Completed => Decision.Refuse($"Import {ImportId} is completed; its archive is gone"),
        ImportPhase.Quarantined => Decision.Of(new ImportRetried(ImportId, at)),
        _ when Attempts > 0 => Decision.Of(new ImportRetried(ImportId, at)),
        _ => Decision.Nothing,
    };

    private static Decision When(bool goesOn, object @event) => goesOn ? Decision.Of(@event) : Decision.Nothing;

    private ImportedFormat? Find(string recordId, string format) =>
        Formats.FirstOrDefault(f => f.Format.RecordId == recordId && f.Format.Format == format);

    private Import Reached(string recordId, string format, Func<ImportedFormat, ImportedFormat> change) => Forward() with
    {
        Formats = [.. Formats.Select(f => f.Format.RecordId == recordId && f.Format.Format == format ? change(f) : f)],
    };

    private Import Forward() => this with { Attempts = 0, Reason = null };
}
