using System.Globalization;
using System.Text.Json;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Tenants;

namespace Scalelite.Bench.History;

/// <summary>What comes of meetings: archives, recordings and callbacks; and what people change of the pool.</summary>
internal sealed class Afterwards(LogCopy log, HistoryTables tables, Random random, Action<DateTimeOffset, Action> at)
{
    private readonly Dictionary<Guid, Action> _open = [];
    private readonly List<(string Id, string Name, string Fingerprint, string SettingId, DateTimeOffset At)> _tenants = [];

    /// <summary>The tenants, each with one setting.</summary>
    public IReadOnlyList<(string Id, string Name, string Fingerprint, string SettingId, DateTimeOffset At)> Tenants => _tenants;

    /// <summary>Adds a tenant.</summary>
    /// <returns>Its id.</returns>
    public string AddTenant(int n, DateTimeOffset now)
    {
        var (id, setting) = (log.NewId(now).ToString(), log.NewId(now).ToString());
        _tenants.Add((id, $"school-{n:00}", Fingerprint(n), setting, now));
        Change(Streams.Tenant(id), new TenantAdded(id, $"school-{n:00}", [Fingerprint(n)], now), "tenant", id, "added", now, "tenants add");
        Change(
            Streams.Tenant(id), new TenantSettingSet(id, setting, "welcome", $"Welcome to school {n}", true, now), "tenant", id, "override of welcome set", now,
            "tenants settings set");
        return id;
    }

    /// <summary>Somebody changes something.</summary>
    public void Change(string stream, object @event, string kind, string subject, string summary, DateTimeOffset now, string command, string? reason = null)
    {
        var id = log.Append(stream, @event, now, "cli:operator", null, command, reason);
        tables.Write("admin_change", id, now, NameOf(@event), kind, subject, summary, "cli:operator", reason, command, null);
    }

    /// <summary>A recorded meeting is over: its archive comes in an hour or so, is imported, and its client is told.</summary>
    public void Recorded(HistoryMeeting meeting, DateTimeOffset endedAt)
    {
        if (meeting.InternalId is not { } recordId) return;
        var now = endedAt.AddMinutes(20 + (random.NextDouble() * 70));
        at(now, () => Import(meeting, recordId, endedAt, now));
    }

    /// <summary>Writes the rows of what is still under way.</summary>
    public void Complete()
    {
        foreach (var write in _open.Values) write();
    }

    private void Import(HistoryMeeting meeting, string recordId, DateTimeOffset endedAt, DateTimeOffset now)
    {
        var import = log.NewId(now);
        var (stream, name, bytes) = (Streams.Import(import), $"{recordId}.tar", 40_000_000L + random.Next(100_000_000));
        Append(stream, new ArchiveReceived(import, name, bytes, ArchiveSource.Upload, meeting.Server.Id, now), now);
        Append(stream, new ArchiveChecked(import, [new ArchivedFormat(recordId, "presentation")], 120, bytes, now), now);
        if (random.Next(200) == 0)
        {
            Append(stream, new ArchiveQuarantined(import, "presentation: metadata.xml is not XML", now), now);
            tables.Write("import_queue", import, name, bytes, "upload", meeting.Server.Id, "quarantined", new[] { recordId }, 1, 0, "presentation: metadata.xml is not XML", now, null);
            return;
        }

        _open[import] = () => tables.Write("import_queue", import, name, bytes, "upload", meeting.Server.Id, "checked", new[] { recordId }, 1, 0, null, now, null);
        var imported = now.AddSeconds(4 + random.Next(20));
        at(imported, () => Catalog(meeting, recordId, endedAt, now, imported, import, bytes));
    }

    private void Catalog(HistoryMeeting meeting, string recordId, DateTimeOffset endedAt, DateTimeOffset received, DateTimeOffset now, Guid import, long bytes)
    {
        _open.Remove(import);
        var stream = Streams.Import(import);
        Append(stream, new FormatStaged(import, recordId, "presentation", RecordingPlace.Published, "staged", "target", "aside", now), now);
        Append(stream, new FormatInPlace(import, recordId, "presentation", now), now);
        var (start, end, minutes) = (meeting.PlacedAt.ToUnixTimeMilliseconds(), endedAt.ToUnixTimeMilliseconds(), (int)(endedAt - meeting.PlacedAt).TotalMinutes);
        var description = new RecordingDescription(
            recordId, meeting.MeetingId, recordId, meeting.Name, start, end, meeting.Joins.Length, bytes, false, null, [], meeting.Metadata);
        var format = new RecordingFormat(
            "presentation", $"/playback/presentation/2.3/{recordId}", minutes, 7177, bytes,
            [new Thumbnail($"/presentation/{recordId}/presentation/thumbnails/thumb-1.png", 176, 136, "Slide 1")], 120, bytes, null);
        Append(Streams.Recording(recordId), new RecordingImported(recordId, meeting.TenantId, import, meeting.Instance, description, format, RecordingPlace.Published, true, now), now);
        Append(stream, new FormatImported(import, recordId, "presentation", now), now);
        Append(stream, new ImportCompleted(import, now), now);
        tables.Write("import_queue", import, $"{recordId}.tar", bytes, "upload", meeting.Server.Id, "completed", new[] { recordId }, 1, 1, null, received, now);
        var metadata = JsonSerializer.Serialize(meeting.Metadata);
        tables.Write(
            "recording_catalog", recordId, meeting.TenantId, meeting.MeetingId, recordId, meeting.Instance, meeting.Name, "published", start, end, meeting.Joins.Length, bytes, false,
            metadata, now);
        tables.Write(
            "recording_format", recordId, "presentation", "published", format.Link, minutes, format.ProcessingMs, format.SizeBytes, JsonSerializer.Serialize(format.Thumbnails), 120, bytes, now);
        foreach (var (key, value) in meeting.Metadata) tables.Write("recording_metadata", recordId, key, value);
        tables.Counted(meeting.TenantId, "published");
        Tell(meeting, recordId, now);
    }

    private void Tell(HistoryMeeting meeting, string recordId, DateTimeOffset now)
    {
        var callback = log.NewId(now);
        var stream = Streams.Callback(callback);
        var url = Fingerprint(random.Next());
        Append(stream, new CallbackRegistered(callback, CallbackKind.RecordingReady, meeting.TenantId, meeting.Instance, meeting.MeetingId, recordId, url, "lms.example.org", url, now), now);
        var given = random.Next(100) == 0;
        if (given) Append(stream, new CallbackAbandoned(callback, 1, 403, "answered 403", now), now);
        else Append(stream, new CallbackDelivered(callback, 1, 200, 80, now), now);
        tables.Write(
            "callback_queue", callback, "RecordingReady", meeting.TenantId, meeting.Instance, meeting.MeetingId, recordId, "lms.example.org", url, url, given ? "abandoned" : "delivered", 1,
            given ? 403 : 200, given ? "answered 403" : "delivered", now, now);
    }

    private void Append(string stream, object @event, DateTimeOffset now) => log.Append(stream, @event, now, "importer");

    private static string NameOf(object @event) => string.Concat(@event.GetType().Name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private static string Fingerprint(int n) => (n * 2_654_435_761L).ToString("x16", CultureInfo.InvariantCulture);
}
