using Scalelite.Api.Tests.Explain;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Domain.Tenants;

namespace Scalelite.Api.Tests.Diagnosis;

/// <summary>
/// The day that docs/diagnosis.md walks through: the rich meeting of the morning, and at ten a node that comes back empty and gets all that is created
/// until the others have caught up; an archive that cannot be read, a client that nobody reaches, and a secret that somebody changed.
/// </summary>
internal static class DiagnosedDay
{
    private static readonly string[] Polled = ["node-a", "node-b", "node-c"];

    public static ToldDay Tell(string nodeUrl)
    {
        var day = new ToldDay();
        RichMeeting.Tell(day);
        Polls(day);
        Morning(day);
        Lost(day);
        day.TellWhy(
            "cli:root", "the old one was mailed around", Streams.Tenant(RichMeeting.Tenant), new TenantSecretRotated(RichMeeting.Tenant, ["fp-of-a-new-secret"], RichMeeting.At("11:00:00")));
        // What is registered last is a node that can be asked.
        day.Tell(
            "cli:root", Streams.Server("node-g"), new ServerRegistered("node-g", nodeUrl, "fp-g", 1, null, RichMeeting.At("12:00:00")),
            new ServerEnabled("node-g", RichMeeting.At("12:00:10")), new ServerCameOnline("node-g", RichMeeting.At("12:00:20")));
        return day;
    }

    /// <summary>Two archives and a callback that did not arrive.</summary>
    private static void Lost(ToldDay day)
    {
        var (import, at) = (RichMeeting.Id(32), RichMeeting.At("10:50:00"));
        day.Tell(
            "importer", Streams.Import(import), new ArchiveReceived(import, "77ac01d2-1741600800000.tar", 48_230, ArchiveSource.Spool, null, at),
            new ArchiveQuarantined(import, "presentation/77ac01d2-1741600800000: metadata.xml is not XML", at.AddSeconds(2)));
        var callback = RichMeeting.Id(42);
        day.Tell(
            "worker", Streams.Callback(callback),
            new CallbackRegistered(
                callback, CallbackKind.RecordingReady, RichMeeting.Tenant, RichMeeting.Id(60), "course-0", "77ac01d2-1741600000000", "fp-url", "lms.example.org", "fp-of-the-lms",
                RichMeeting.At("10:45:00")),
            new CallbackAttempted(callback, 1, 401, "answered 401", 40, RichMeeting.At("10:45:30"), RichMeeting.At("10:45:01")),
            new CallbackAbandoned(callback, 2, 401, "answered 401 to every secret of the tenant", RichMeeting.At("10:45:31")));
    }

    /// <summary>At ten node-b comes back empty; eight courses begin within a minute.</summary>
    private static void Morning(ToldDay day)
    {
        day.Tell("worker", Streams.Server("node-b"), new ServerSuspected("node-b", "No answer within 10 s", RichMeeting.At("09:40:00")));
        day.Tell("worker", Streams.Server("node-b"), new ServerWentOffline("node-b", "No answer within 10 s", RichMeeting.At("09:41:00")));
        day.Tell("worker", Streams.Server("node-b"), new ServerCameOnline("node-b", RichMeeting.At("09:59:00")));
        for (var n = 0; n < 8; n++)
        {
            var (instance, at) = (RichMeeting.Id(60 + n), $"10:00:{5 + (4 * n):00}");
            day.Tell("bbb-api", Streams.Meeting(instance), RichMeeting.Placed(
                instance, $"course-{n}", "node-b", RichMeeting.Why(1, "lowest load of 3", ("node-b", 15 * n, n, 15 * n, 5 + (4 * n)), ("node-a", 130, 5, 0, 5 + (4 * n)), ("node-c", 142, 6, 0, 5 + (4 * n))), at));
            var created = RichMeeting.At(at).AddMilliseconds(140);
            day.Tell("bbb-api", Streams.Meeting(instance), new MeetingStarted(instance, "node-b", InternalId(n), created.ToUnixTimeMilliseconds(), null, false, null, 140, created));
        }
    }

    private static string InternalId(int n) => $"c0{n}-1741600805000";

    /// <summary>A poll a minute, from half past seven until a quarter past ten.</summary>
    private static void Polls(ToldDay day)
    {
        foreach (var server in Polled)
        {
            for (var minute = 0; minute <= 165; minute++)
            {
                var at = RichMeeting.At("07:30:00").AddMinutes(minute);
                var (round, down) = (minute + 1, server == "node-b" && ((at >= RichMeeting.At("08:12:00") && at < RichMeeting.At("08:16:00")) || (at >= RichMeeting.At("09:40:00") && at < RichMeeting.At("09:59:00"))));
                day.Tell("worker", Streams.Polls(server, at), down
                    ? new ServerPollFailed(server, round, at, 10_000, 1, "No answer within 10 s", at.AddMinutes(1))
                    : new ServerPolled(server, round, at, 40, 1, Seen(server, at), [], at.AddMinutes(1), Load(server, at)));
            }
        }
    }

    private static PolledMeeting[] Seen(string server, DateTimeOffset at)
    {
        if (server == "node-b")
        {
            if (at >= RichMeeting.At("08:00:30") && at < RichMeeting.At("08:45:30")) return [Meeting(RichMeeting.MeetingId, RichMeeting.InternalId, 17, RichMeeting.Instance)];
            return at < RichMeeting.At("10:00:40") ? [] : [.. Enumerable.Range(0, 8).Select(n => Meeting($"course-{n}", InternalId(n), 20 + n, RichMeeting.Id(60 + n)))];
        }

        // Lessons that nobody placed through us.
        return at < RichMeeting.At("09:30:00") ? [] : [.. Enumerable.Range(0, server == "node-a" ? 5 : 6).Select(n => Meeting($"{server}-lesson-{n}", $"{server}-{n}", server == "node-a" ? 26 : 24, null))];
    }

    private static long Load(string server, DateTimeOffset at) => Seen(server, at).Sum(m => m.Users);

    private static PolledMeeting Meeting(string meetingId, string internalId, int users, Guid? instance) =>
        new(meetingId, internalId, 1741600805000, users, 1, users / 2, users / 4, false, false, null, instance, users);
}
