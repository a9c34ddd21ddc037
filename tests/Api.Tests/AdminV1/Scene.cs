using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>Things that operators look after, as the rest of the program makes them.</summary>
internal static class Scene
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>An import in quarantine.</summary>
    public static async Task<Guid> QuarantinedImportAsync(this Balancer balancer, DateTimeOffset? at = null)
    {
        var id = Guid.CreateVersion7();
        await balancer.AppendAsync(
            Streams.Import(id), new ArchiveReceived(id, $"{id}.tar", 10, ArchiveSource.Spool, null, at ?? At), new ArchiveQuarantined(id, "It is empty", at ?? At));
        return id;
    }

    /// <summary>A callback that was given up.</summary>
    public static async Task<Guid> AbandonedCallbackAsync(this Balancer balancer)
    {
        var id = Guid.NewGuid();
        await using var session = balancer.Service<IDocumentStore>().LightweightSession();
        await balancer.Service<CallbackRegister>().AddAsync(
            session, new OwedCallback(id, CallbackKind.RecordingReady, "https://lms.example/ready?a-capability") { MeetingId = "room", RecordId = "rec" },
            CancellationToken.None);
        await session.SaveChangesAsync();
        await balancer.AppendAsync(Streams.Callback(id), new CallbackAbandoned(id, 1, 500, "answered 500; tried 1 times", DateTimeOffset.UtcNow));
        return id;
    }

    /// <summary>A message that failed for good.</summary>
    public static async Task<Guid> DeadLetterAsync(this Balancer balancer, string type = "Scalelite.Workers.Polling.PollServer")
    {
        var id = Guid.NewGuid();
        await balancer.Database.ExecuteAsync(
            """
            insert into message_dead_letter (id, type, body, attempts, sent_at, error)
            values ($1, $2, '{"ServerId": "nobody", "Round": 1}', 5, now(), 'it did not work')
            """,
            id, type);
        return id;
    }

    /// <summary>A published recording, without files.</summary>
    public static async Task<string> RecordingAsync(this Balancer balancer, string meetingId = "room")
    {
        var id = $"{Guid.NewGuid():n}{Guid.NewGuid():n}"[..40] + "-1700000000000";
        var description = new RecordingDescription(
            id, meetingId, id, "Room", 1_700_000_000_000, 1_700_000_060_000, 3, 123, false, null, [], new Dictionary<string, string> { ["bbb-origin"] = "Moodle" });
        await balancer.AppendAsync(Streams.Recording(id), new RecordingImported(
            id, "", Guid.CreateVersion7(), null, description, new RecordingFormat("presentation", $"/playback/presentation/2.3/{id}", 3, 7177, 1000, [], 1, 9, null),
            RecordingPlace.Published, true, At));
        return id;
    }
}
