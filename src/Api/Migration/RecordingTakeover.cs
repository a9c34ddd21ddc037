using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Scalelite.Api.Migration;

/// <summary>
/// Takes recordings over, some hundred in a transaction, and what Scalelite keeps for calling their clients back. Files stay where they
/// are: the folders are the same. What was taken over before is left alone, so that a run that was stopped goes on.
/// </summary>
internal sealed class RecordingTakeover(IDocumentStore store, NpgsqlDataSource database, SecretVault vault, Settings settings, TimeProvider time)
{
    // The longest that a meeting's recording is waited for, and still called for when another format arrives.
    private static readonly TimeSpan CallbacksKept = TimeSpan.FromDays(90);

    private static readonly string[] Internal = ["meetingId", "meetingName", "isBreakout"];

    /// <summary>Takes all over that are not here.</summary>
    /// <param name="progress">Hears how many were looked at.</param>
    public async Task<TakenOver> RecordingsAsync(
        ScaleliteRecordings source, bool dryRun, ChangedBy by, Action<long> progress, CancellationToken cancellation)
    {
        var taken = new TakenOver("recordings");
        var looked = 0L;
        await foreach (var batch in source.ReadAsync(cancellation))
        {
            var present = await PresentAsync([.. batch.Select(recording => recording.RecordId)], cancellation);
            await using var session = store.LightweightSession();
            session.SetHeader("actor", by.Actor);
            session.CausationId = "import-scalelite";
            foreach (var recording in batch)
            {
                if (present.Contains(recording.RecordId)) taken.Present++;
                else if (WhyNot(recording) is { } why) taken.Skip($"recording {recording.RecordId}: {why}");
                else
                {
                    taken.New++;
                    session.Events.StartStream(Streams.Recording(recording.RecordId), EventOf(recording));
                }
            }

            if (!dryRun) await session.SaveChangesAsync(cancellation);
            progress(looked += batch.Count);
        }

        return taken;
    }

    /// <summary>Seals the URLs that clients are to be called at when an archive of a meeting of before arrives.</summary>
    public async Task<TakenOver> CallbacksAsync(ScaleliteRecordings source, bool dryRun, CancellationToken cancellation)
    {
        var taken = new TakenOver("callbacks");
        await foreach (var batch in source.ReadCallbacksAsync(cancellation))
        {
            foreach (var callback in batch)
            {
                if (Urls(callback) is not { Count: > 0 } urls)
                {
                    taken.Skip($"callback of meeting {callback.MeetingId}: its attributes name no URL");
                    continue;
                }

                var owner = InheritedCallbacks.OwnerOf(callback.MeetingId);
                foreach (var (name, url) in urls)
                {
                    var kind = RunCallbacks.Kind(name);
                    if ((await vault.OpenAsync(owner, kind, cancellation)).Count > 0)
                    {
                        taken.Present++;
                        continue;
                    }

                    taken.New++;
                    if (dryRun) continue;
                    await using var session = store.LightweightSession();
                    var statement = SecretVault.Store(vault.Seal(owner, kind, 1, url), time.GetUtcNow() + CallbacksKept);
                    session.QueueSqlCommand(statement.Sql, statement.Values);
                    await session.SaveChangesAsync(cancellation);
                }
            }
        }

        return taken;
    }

    private static string? WhyNot(ScaleliteRecording recording) =>
        !IsName(recording.RecordId) ? "its id has signs that ids of recordings do not have"
        : recording.MeetingId.Length == 0 ? "it has no meetingID"
        : recording.State is not (null or "published" or "unpublished" or "deleted" or "processing" or "processed") ? $"its state is '{recording.State}'"
        : recording.Formats.FirstOrDefault(format => format.Format is null || !IsName(format.Format) || format.Url is not ['/', ..]) is { } format
            ? $"its format '{format.Format}' has no name or no path that can be"
        : null;

    private static bool IsName(string text) => text.Length is > 0 and <= 255 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private RecordingTakenOver EventOf(ScaleliteRecording recording)
    {
        var metadata = recording.Metadata.Where(meta => !Internal.Contains(meta.Key))
            .ToDictionary(meta => meta.Key, meta => meta.Value ?? "", StringComparer.Ordinal);
        var deleted = recording.State == "deleted";
        return new RecordingTakenOver(
            recording.RecordId,
            settings.Multitenancy.Enabled ? metadata.GetValueOrDefault(ReservedMetadata.TenantId, "") : "",
            null,
            new RecordingDescription(
                recording.RecordId,
                recording.MeetingId,
                recording.RecordId,
                string.IsNullOrEmpty(recording.Name) ? recording.MeetingId : recording.Name,
                recording.StartTime,
                recording.EndTime,
                recording.Participants,
                null,
                recording.Metadata.GetValueOrDefault("isBreakout") == "true",
                null,
                [],
                ReservedMetadata.ForEvent(metadata)),
            deleted ? [] : [.. recording.Formats.Select(FormatOf)],
            // The folder goes by this flag, and so does what Scalelite plays.
            recording.Published,
            recording.Protected,
            deleted,
            time.GetUtcNow());
    }

    private static RecordingFormat FormatOf(ScaleliteFormat format) => new(
        format.Format!,
        format.Url!,
        format.Length ?? 0,
        format.ProcessingTime,
        null,
        [.. (format.Thumbnails ?? []).Where(thumbnail => thumbnail.Url is ['/', ..])
            .Select(thumbnail => new Thumbnail(thumbnail.Url!, thumbnail.Width, thumbnail.Height, thumbnail.Alt ?? ""))],
        0,
        0,
        null);

    // A mapping of Ruby's: its keys are symbols, written with a colon before them.
    private static Dictionary<string, string>? Urls(ScaleliteCallback callback)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(callback.Attributes));
            if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode mapping) return null;
            var urls = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (key, value) in mapping.Children)
            {
                var name = (key as YamlScalarNode)?.Value?.TrimStart(':') switch
                {
                    "recording_ready_url" => "bn-recording-ready-url",
                    "analytics_callback_url" => "analytics-callback-url",
                    _ => null,
                };
                if (name is not null && value is YamlScalarNode { Value: { Length: > 0 } url }) urls[name] = url;
            }

            return urls;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private async Task<HashSet<string>> PresentAsync(string[] recordIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select record_id from recording_catalog where record_id = any($1)");
        command.Parameters.AddWithValue(recordIds);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var present = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) present.Add(rows.GetString(0));
        return present;
    }
}
