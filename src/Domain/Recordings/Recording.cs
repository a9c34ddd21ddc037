using System.Collections.Immutable;
using Scalelite.Domain.Parameters;

namespace Scalelite.Domain.Recordings;

/// <summary>What is to be seen of a recording.</summary>
public enum RecordingState
{
    /// <summary>Listed and played.</summary>
    Published,

    /// <summary>Listed, never played.</summary>
    Unpublished,

    /// <summary>Gone; only its row remains.</summary>
    Deleted,
}

/// <summary>Where a format's files are, as far as events tell.</summary>
/// <param name="Settled">False while they have to be moved or removed, or may have to be.</param>
public sealed record FormatPlace(RecordingPlace Place, bool Settled);

/// <summary>
/// A recording (stream <c>recording-{recordID}</c>). Its state is what people want; its files follow. What people changed outlives
/// every later import. Its events are in RecordingEvents.cs.
/// </summary>
/// <param name="Restores">It was deleted, and the next import brings it back.</param>
/// <param name="Metadata">Keys in lower case.</param>
/// <param name="Edited">Keys that people set or removed.</param>
public sealed record Recording(
    string RecordId,
    string TenantId,
    string MeetingId,
    RecordingState State,
    bool Protected,
    bool Restores,
    ImmutableDictionary<string, string> Metadata,
    ImmutableHashSet<string> Edited,
    ImmutableDictionary<string, FormatPlace> Formats)
{
    private static readonly ImmutableDictionary<string, string> NoMetadata = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);
    private static readonly ImmutableDictionary<string, FormatPlace> NoFormats = ImmutableDictionary.Create<string, FormatPlace>(StringComparer.Ordinal);

    /// <summary>Where its files belong while it is not deleted.</summary>
    public RecordingPlace Place => State == RecordingState.Published ? RecordingPlace.Published : RecordingPlace.Unpublished;

    /// <summary>An import may bring formats: it is there, or it is to come back.</summary>
    public bool TakesImports => State != RecordingState.Deleted || Restores;

    public static Recording Create(RecordingImported e) => new Recording(
        e.RecordId, e.TenantId, e.Recording.MeetingId, StateOf(e.Published), Protected: false, Restores: false,
        NoMetadata, ImmutableHashSet.Create<string>(StringComparer.Ordinal), NoFormats).Apply(e);

    public static Recording Create(RecordingTakenOver e) => new(
        e.RecordId, e.TenantId, e.Recording.MeetingId, e.Deleted ? RecordingState.Deleted : StateOf(e.Published), e.Protected, Restores: false,
        NoMetadata.SetItems(e.Deleted ? [] : LowerCased(e.Recording.Metadata)), ImmutableHashSet.Create<string>(StringComparer.Ordinal),
        NoFormats.SetItems(e.Formats.Select(format => KeyValuePair.Create(format.Format, new FormatPlace(PlaceOf(StateOf(e.Published)), Settled: true)))));

    public Recording Apply(RecordingImported e)
    {
        var state = State == RecordingState.Deleted ? StateOf(e.Published) : State;
        var settled = e.Place == PlaceOf(state) && (!Formats.TryGetValue(e.Format.Format, out var was) || was.Settled);
        return this with
        {
            MeetingId = e.Recording.MeetingId,
            State = state,
            Restores = false,
            Metadata = Metadata.Where(meta => Edited.Contains(meta.Key)).ToImmutableDictionary(StringComparer.Ordinal)
                .SetItems(LowerCased(e.Recording.Metadata).Where(meta => !Edited.Contains(meta.Key))),
            Formats = Formats.SetItem(e.Format.Format, new FormatPlace(e.Place, settled)),
        };
    }

    public Recording Apply(RecordingPublished _) => this with { State = RecordingState.Published, Formats = Unsettled() };

    public Recording Apply(RecordingUnpublished _) => this with { State = RecordingState.Unpublished, Formats = Unsettled() };

    public Recording Apply(RecordingProtected e) => this with { Protected = e.Protected };

    public Recording Apply(RecordingMetadataChanged e) => this with
    {
        Metadata = Metadata.RemoveRange(e.Removed ?? []).SetItems(e.Set ?? NoMetadata),
        Edited = Edited.Union(e.Set?.Keys ?? []).Union(e.Removed ?? []),
    };

    public Recording Apply(RecordingGivenToTenant e) => this with { TenantId = e.TenantId };

    public Recording Apply(RecordingDeleted _) => this with
    {
        State = RecordingState.Deleted,
        Restores = false,
        Metadata = NoMetadata,
        Edited = Edited.Clear(),
        Formats = Unsettled(),
    };

    public Recording Apply(RecordingRestored _) => this with { Restores = true };

    public Recording Apply(RecordingFormatMoved e) => Formats.ContainsKey(e.Format)
        ? this with { Formats = Formats.SetItem(e.Format, new FormatPlace(e.Place, State != RecordingState.Deleted && e.Place == Place)) }
        : this;

    public Recording Apply(RecordingFormatRemoved e) => this with { Formats = Formats.Remove(e.Format) };

    /// <summary>Where an import puts the files of a recording, and whether it is published then.</summary>
    /// <param name="known">Null where it is new.</param>
    /// <param name="published">How it comes in if it is new, or back.</param>
    public static RecordingPlace PlaceOfImport(Recording? known, bool published) =>
        known is { State: not RecordingState.Deleted } ? known.Place : PlaceOf(StateOf(published));

    /// <summary>
    /// A format is in place. The tenant stays that of the first import; callback URLs and LRS credentials in the metadata are left out.
    /// </summary>
    /// <param name="known">Null where it is new.</param>
    /// <param name="import">As the importer found it.</param>
    public static Decision Import(Recording? known, RecordingImported import) =>
        known is { TakesImports: false }
            ? Decision.Refuse($"Recording {known.RecordId} was deleted; it is imported again only after it was restored")
            : Decision.Of(import with
            {
                TenantId = known?.TenantId ?? import.TenantId,
                Recording = import.Recording with { Metadata = ReservedMetadata.ForEvent(import.Recording.Metadata ?? NoMetadata) },
            });

    /// <summary>Shows it to everybody.</summary>
    public Decision Publish(DateTimeOffset at) => Unless(State == RecordingState.Published, new RecordingPublished(RecordId, at));

    /// <summary>Hides it: not played from this moment.</summary>
    public Decision Unpublish(DateTimeOffset at) => Unless(State == RecordingState.Unpublished, new RecordingUnpublished(RecordId, at));

    /// <summary>Protects it, or takes the protection away.</summary>
    public Decision Protect(bool @protected, DateTimeOffset at) => Unless(Protected == @protected, new RecordingProtected(RecordId, @protected, at));

    /// <summary>Sets metadata; an empty value removes the key. Keys that only the balancer sets, and callbacks, are refused: then nothing changes.</summary>
    public Decision ChangeMetadata(IReadOnlyDictionary<string, string> changes, DateTimeOffset at)
    {
        var lower = LowerCased(changes);
        if (lower.Keys.FirstOrDefault(key => ReservedMetadata.IsReserved(key) || ReservedMetadata.IsCallback(key)) is { } reserved)
        {
            return Decision.Refuse($"The metadata '{reserved}' is not for clients to change");
        }

        var set = lower.Where(meta => meta.Value.Length > 0 && Metadata.GetValueOrDefault(meta.Key) != meta.Value)
            .ToDictionary(meta => meta.Key, meta => meta.Value, StringComparer.Ordinal);
        var removed = lower.Where(meta => meta.Value.Length == 0 && Metadata.ContainsKey(meta.Key)).Select(meta => meta.Key).Order(StringComparer.Ordinal).ToArray();
        return Unless(set.Count + removed.Length == 0, new RecordingMetadataChanged(RecordId, set, removed, at));
    }

    /// <summary>Gives it to another tenant; empty: to none.</summary>
    public Decision GiveToTenant(string tenantId, DateTimeOffset at) =>
        TenantId == tenantId ? Decision.Nothing : Decision.Of(new RecordingGivenToTenant(RecordId, tenantId, at));

    /// <summary>Takes it away from everybody.</summary>
    /// <param name="why">A person, or the retention that ran out.</param>
    public Decision Delete(string why, DateTimeOffset at) =>
        State == RecordingState.Deleted ? Decision.Nothing : Decision.Of(new RecordingDeleted(RecordId, why, at));

    /// <summary>Lets the next import bring a deleted recording back; not before its files are gone, lest the new ones go with them.</summary>
    public Decision Restore(DateTimeOffset at) =>
        TakesImports ? Decision.Nothing
        : Formats.Count > 0 ? Decision.Refuse($"Files of recording {RecordId} are still being removed")
        : Decision.Of(new RecordingRestored(RecordId, at));

    /// <summary>The files of a format are in a place now, be it the right one or not.</summary>
    public Decision SeeFormatMoved(string format, RecordingPlace place, DateTimeOffset at) =>
        !Formats.TryGetValue(format, out var was) || (was.Settled && was.Place == place)
            ? Decision.Nothing
            : Decision.Of(new RecordingFormatMoved(RecordId, format, place, at));

    /// <summary>The files of a format are gone.</summary>
    public Decision SeeFormatRemoved(string format, DateTimeOffset at) =>
        Formats.ContainsKey(format) ? Decision.Of(new RecordingFormatRemoved(RecordId, format, at)) : Decision.Nothing;

    /// <summary>A text track lies with it.</summary>
    public Decision StoreTextTrack(string kind, string lang, string label, string source, long bytes, DateTimeOffset at) =>
        Unless(false, new RecordingTextTrackStored(RecordId, kind, lang, label, source, bytes, at));

    /// <summary>Metadata with keys in lower case; of two that differ in case only, the first counts.</summary>
    /// <param name="metadata">Null where it was forgotten: nothing.</param>
    public static IReadOnlyDictionary<string, string> LowerCased(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return NoMetadata;
        var lower = new Dictionary<string, string>(metadata.Count, StringComparer.Ordinal);
        foreach (var (key, value) in metadata.OrderBy(meta => meta.Key, StringComparer.Ordinal))
        {
            lower.TryAdd(key.ToLowerInvariant(), value);
        }

        return lower;
    }

    private static RecordingState StateOf(bool published) => published ? RecordingState.Published : RecordingState.Unpublished;

    private static RecordingPlace PlaceOf(RecordingState state) =>
        state == RecordingState.Published ? RecordingPlace.Published : RecordingPlace.Unpublished;

    private ImmutableDictionary<string, FormatPlace> Unsettled() =>
        Formats.ToImmutableDictionary(format => format.Key, format => format.Value with { Settled = false }, StringComparer.Ordinal);

    private Decision Unless(bool isSo, object @event) =>
        State == RecordingState.Deleted ? Decision.Refuse($"Recording {RecordId} was deleted")
        : isSo ? Decision.Nothing
        : Decision.Of(@event);
}
