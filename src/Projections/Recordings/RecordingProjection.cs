using System.Text.Json;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>
/// Fills <c>recording_catalog</c>, <c>recording_metadata</c>, <c>recording_format</c>, <c>recording_file_work</c> and
/// <c>recording_text_track</c>, whose rows belong to one recording each, and <c>recording_count</c>, which is only added to.
/// </summary>
public sealed class RecordingProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            Apply(operations, @event.Data);
        }

        return Task.CompletedTask;
    }

    private static void Apply(IDocumentOperations operations, object @event)
    {
        switch (@event)
        {
            case RecordingImported e:
                Imported(operations, e);
                break;
            case RecordingTakenOver e:
                TakenOver(operations, e);
                break;
            case RecordingPublished e:
                Become(operations, e.RecordId, "published", e.At);
                break;
            case RecordingUnpublished e:
                Become(operations, e.RecordId, "unpublished", e.At);
                break;
            case RecordingProtected e:
                operations.QueueSqlCommand("update recording_catalog set protected = ? where record_id = ?", e.Protected, e.RecordId);
                break;
            case RecordingMetadataChanged e:
                MetadataChanged(operations, e);
                break;
            case RecordingGivenToTenant e:
                Count(operations, e.RecordId, e.TenantId, null);
                operations.QueueSqlCommand("update recording_catalog set tenant_id = ? where record_id = ?", e.TenantId, e.RecordId);
                break;
            case RecordingDeleted e:
                Deleted(operations, e);
                break;
            case RecordingRestored e:
                operations.QueueSqlCommand("update recording_catalog set restores = true where record_id = ?", e.RecordId);
                break;
            case RecordingFormatMoved e:
                FormatMoved(operations, e);
                break;
            case RecordingFormatRemoved e:
                operations.QueueSqlCommand("delete from recording_format where record_id = ? and format = ?", e.RecordId, e.Format);
                operations.QueueSqlCommand("delete from recording_file_work where record_id = ? and format = ?", e.RecordId, e.Format);
                break;
            case DataForgotten e:
                Forgotten(operations, e);
                break;
            case RecordingTextTrackStored e:
                operations.QueueSqlCommand(
                    """
                    insert into recording_text_track (record_id, kind, lang, label, source, bytes, stored_at) values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (record_id, lang) do update
                    set kind = excluded.kind, label = excluded.label, source = excluded.source, bytes = excluded.bytes, stored_at = excluded.stored_at
                    """,
                    e.RecordId, e.Kind, e.Lang, e.Label, e.Source, e.Bytes, e.At.ToUniversalTime());
                break;
        }
    }

    private static void Imported(IDocumentOperations operations, RecordingImported e)
    {
        var at = e.At.ToUniversalTime();
        var state = e.Published ? "published" : "unpublished";
        operations.QueueSqlCommand(
            """
            with was as (
                select tenant_id, state from recording_catalog where record_id = ?
            ), change as (
                select tenant_id, state, -1 as n from was where state = 'deleted'
                union all
                select coalesce((select tenant_id from was), ?), ?, 1 where not exists (select from was where state <> 'deleted')
            )
            insert into recording_count (tenant_id, state, recordings)
            select tenant_id, state, n from change order by tenant_id, state
            on conflict (tenant_id, state) do update set recordings = recording_count.recordings + excluded.recordings
            """,
            e.RecordId, e.TenantId, state);
        Describe(operations, e.TenantId, e.Instance, e.Recording, state, at);
        var place = PlaceName(e.Place);
        Hold(operations, e.RecordId, e.Format, place, at);
        WorkUnlessThere(operations, e.RecordId, e.Format.Format, place, at);
    }

    /// <summary>It is the first of its stream.</summary>
    private static void TakenOver(IDocumentOperations operations, RecordingTakenOver e)
    {
        var at = e.At.ToUniversalTime();
        var place = PlaceName(e.Published ? RecordingPlace.Published : RecordingPlace.Unpublished);
        var state = e.Deleted ? "deleted" : place;
        operations.QueueSqlCommand(
            """
            insert into recording_count (tenant_id, state, recordings) values (?, ?, 1)
            on conflict (tenant_id, state) do update set recordings = recording_count.recordings + 1
            """,
            e.TenantId, state);
        var recording = e.Deleted ? e.Recording with { Metadata = null } : e.Recording;
        Describe(operations, e.TenantId, e.Instance, recording, state, at);
        operations.QueueSqlCommand(
            "update recording_catalog set protected = ?, deleted_at = ?::timestamptz where record_id = ?",
            e.Protected, e.Deleted ? at : DBNull.Value, e.RecordId);
        foreach (var format in e.Formats) Hold(operations, e.RecordId, format, place, at);
    }

    private static void Describe(
        IDocumentOperations operations, string tenantId, Guid? instance, RecordingDescription recording, string state, DateTimeOffset at)
    {
        operations.QueueSqlCommand(
            """
            insert into recording_catalog (
                record_id, tenant_id, meeting_id, internal_meeting_id, instance, name, state, start_time, end_time, participants, raw_size,
                is_breakout, breakout, breakout_rooms, imported_at)
            values (?, ?, ?, ?::text, ?::uuid, ?, ?, ?, ?, ?::int, ?::bigint, ?, ?::jsonb, ?, ?)
            on conflict (record_id) do update
            set meeting_id = excluded.meeting_id, internal_meeting_id = excluded.internal_meeting_id,
                instance = coalesce(excluded.instance, recording_catalog.instance), name = excluded.name,
                state = case recording_catalog.state when 'deleted' then excluded.state else recording_catalog.state end,
                start_time = excluded.start_time, end_time = excluded.end_time, participants = excluded.participants,
                raw_size = excluded.raw_size, is_breakout = excluded.is_breakout, breakout = excluded.breakout,
                breakout_rooms = excluded.breakout_rooms, deleted_at = null, restores = false, forgotten = false
            """,
            recording.RecordId, tenantId, recording.MeetingId, OrNull(recording.InternalMeetingId), OrNull(instance), recording.Name ?? "", state,
            recording.StartTime, recording.EndTime, OrNull(recording.Participants), OrNull(recording.RawSize), recording.IsBreakout,
            OrNull(recording.Breakout is null ? null : JsonSerializer.Serialize(recording.Breakout)), recording.BreakoutRooms.ToArray(), at);

        var metadata = Recording.LowerCased(recording.Metadata);
        var keys = metadata.Keys.ToArray();
        operations.QueueSqlCommand(
            "delete from recording_metadata where record_id = ? and not edited and key <> all(?::text[])", recording.RecordId, keys);
        operations.QueueSqlCommand(
            """
            insert into recording_metadata (record_id, key, value)
            select ?, m.key, m.value from unnest(?::text[], ?::text[]) as m (key, value)
            on conflict (record_id, key) do update set value = excluded.value where not recording_metadata.edited
            """,
            recording.RecordId, keys, metadata.Values.ToArray());
        GatherMetadata(operations, recording.RecordId);
    }

    private static void Hold(IDocumentOperations operations, string recordId, RecordingFormat format, string place, DateTimeOffset at) =>
        operations.QueueSqlCommand(
            """
            insert into recording_format (
                record_id, format, place, link, length_minutes, processing_ms, size_bytes, thumbnails, files, bytes, manifest_sha256, imported_at)
            values (?, ?, ?, ?, ?, ?::bigint, ?::bigint, ?::jsonb, ?, ?, ?::text, ?)
            on conflict (record_id, format) do update
            set place = excluded.place, link = excluded.link, length_minutes = excluded.length_minutes, processing_ms = excluded.processing_ms,
                size_bytes = excluded.size_bytes, thumbnails = excluded.thumbnails, files = excluded.files, bytes = excluded.bytes,
                manifest_sha256 = excluded.manifest_sha256, imported_at = excluded.imported_at
            """,
            recordId, format.Format, place, format.Link, format.LengthMinutes, OrNull(format.ProcessingMs), OrNull(format.SizeBytes),
            JsonSerializer.Serialize(format.Thumbnails), format.Files, format.Bytes, OrNull(format.ManifestSha256), at);

    /// <summary>Every format is due, also one that seems to be in its place already: a worker may be about to move it away.</summary>
    private static void Become(IDocumentOperations operations, string recordId, string state, DateTimeOffset at)
    {
        Count(operations, recordId, null, state);
        operations.QueueSqlCommand("update recording_catalog set state = ? where record_id = ?", state, recordId);
        WorkForAll(operations, recordId, at.ToUniversalTime());
    }

    private static void Deleted(IDocumentOperations operations, RecordingDeleted e)
    {
        var at = e.At.ToUniversalTime();
        Count(operations, e.RecordId, null, "deleted");
        operations.QueueSqlCommand(
            "update recording_catalog set state = 'deleted', deleted_at = ?, restores = false, metadata = '{}' where record_id = ?", at, e.RecordId);
        operations.QueueSqlCommand("delete from recording_metadata where record_id = ?", e.RecordId);
        operations.QueueSqlCommand("delete from recording_text_track where record_id = ?", e.RecordId);
        WorkForAll(operations, e.RecordId, at);
    }

    private static void MetadataChanged(IDocumentOperations operations, RecordingMetadataChanged e)
    {
        if (e is not { Set: { } set, Removed: { } removed }) return;
        operations.QueueSqlCommand(
            """
            insert into recording_metadata (record_id, key, value, edited)
            select ?, m.key, m.value, true from unnest(?::text[], ?::text[]) as m (key, value)
            on conflict (record_id, key) do update set value = excluded.value, edited = true
            """,
            e.RecordId, (string[])[.. set.Keys, .. removed], (string?[])[.. set.Values, .. removed.Select(_ => (string?)null)]);
        GatherMetadata(operations, e.RecordId);
    }

    /// <summary>What a replay of the events makes, which hold these fields no more. A key that people changed is forgotten with what they set it to.</summary>
    private static void Forgotten(IDocumentOperations operations, DataForgotten e)
    {
        var recordings = e.Events.Select(of => Streams.RecordingOf(of.Stream)).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (recordings.Length == 0) return;
        operations.QueueSqlCommand("update recording_catalog set name = '', metadata = '{}', forgotten = true where record_id = any(?::text[])", (object)recordings);
        operations.QueueSqlCommand("delete from recording_metadata where record_id = any(?::text[])", (object)recordings);
        operations.QueueSqlCommand(
            """
            update recording_format
            set thumbnails = (
                select coalesce(jsonb_agg(jsonb_set(t.thumbnail, '{Alt}', 'null') order by t.n), '[]')
                from jsonb_array_elements(thumbnails) with ordinality as t (thumbnail, n))
            where record_id = any(?::text[])
            """,
            (object)recordings);
    }

    private static void FormatMoved(IDocumentOperations operations, RecordingFormatMoved e)
    {
        var place = PlaceName(e.Place);
        operations.QueueSqlCommand("update recording_format set place = ? where record_id = ? and format = ?", place, e.RecordId, e.Format);
        operations.QueueSqlCommand(
            """
            delete from recording_file_work w using recording_catalog c
            where w.record_id = ? and w.format = ? and c.record_id = w.record_id and c.state = ?
            """,
            e.RecordId, e.Format, place);
        WorkUnlessThere(operations, e.RecordId, e.Format, place, e.At.ToUniversalTime());
    }

    private static void WorkUnlessThere(IDocumentOperations operations, string recordId, string format, string place, DateTimeOffset since) =>
        operations.QueueSqlCommand(
            """
            insert into recording_file_work (record_id, format, since)
            select f.record_id, f.format, ?
            from recording_format f join recording_catalog c on c.record_id = f.record_id
            where f.record_id = ? and f.format = ? and c.state <> ?
            on conflict (record_id, format) do nothing
            """,
            since, recordId, format, place);

    private static void WorkForAll(IDocumentOperations operations, string recordId, DateTimeOffset since) => operations.QueueSqlCommand(
        """
        insert into recording_file_work (record_id, format, since)
        select record_id, format, ? from recording_format where record_id = ?
        on conflict (record_id, format) do nothing
        """,
        since, recordId);

    private static void GatherMetadata(IDocumentOperations operations, string recordId) => operations.QueueSqlCommand(
        """
        update recording_catalog
        set metadata = coalesce((select jsonb_object_agg(key, value) from recording_metadata where record_id = ? and value is not null), '{}')
        where record_id = ?
        """,
        recordId, recordId);

    /// <summary>Before the row changes: what it was counted as, taken away, and what it becomes, added.</summary>
    private static void Count(IDocumentOperations operations, string recordId, string? tenantId, string? state) => operations.QueueSqlCommand(
        """
        with was as (
            select tenant_id, state from recording_catalog where record_id = ?
        ), change as (
            select tenant_id, state, -1 as n from was
            union all
            select coalesce(?::text, tenant_id), coalesce(?::text, state), 1 from was
        )
        insert into recording_count (tenant_id, state, recordings)
        select tenant_id, state, sum(n) from change group by tenant_id, state having sum(n) <> 0 order by tenant_id, state
        on conflict (tenant_id, state) do update set recordings = recording_count.recordings + excluded.recordings
        """,
        recordId, OrNull(tenantId), OrNull(state));

    private static string PlaceName(RecordingPlace place) => place == RecordingPlace.Published ? "published" : "unpublished";

    private static object OrNull<T>(T? value) => value is null ? DBNull.Value : value;
}
