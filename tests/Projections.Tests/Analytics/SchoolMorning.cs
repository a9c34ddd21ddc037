using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Servers;
using Scalelite.Domain.Tenants;
using Scalelite.Projections.Tests.Histories;

namespace Scalelite.Projections.Tests.Analytics;

/// <summary>
/// The morning that docs/analytics.md asks questions of, always the same: two tenants, four nodes like those of the demo, classes that begin on the
/// hour; node-3 is away for ten minutes, node-2 is cordoned.
/// </summary>
internal sealed class SchoolMorning
{
    private const string Hill = "0d6b7c1e-0000-4000-8000-000000000001";
    private const string Lake = "0d6b7c1e-0000-4000-8000-000000000002";

    private static readonly DateTimeOffset Begin = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Process = Id(900);
    private static readonly string[] Servers = ["node-1", "node-2", "node-3", "node-4"];

    private readonly PoolHistory _history;
    private readonly List<Class> _classes = [];

    private SchoolMorning(PoolHistory history) => _history = history;

    public static async Task TellAsync(PoolHistory history)
    {
        var morning = new SchoolMorning(history);
        await morning.PoolAsync();
        await morning.ClassesAsync();
        await morning.PollsAsync();
        await morning.JoinsAsync();
        await morning.RecordingsAsync();
        await morning.ChangesAsync();
    }

    private static Guid Id(int n) => new(n, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 1]);

    private async Task PoolAsync()
    {
        var evening = Begin.AddHours(-14);
        await SaveAsync("cli:ana", "set up for the term", "servers add", [
            .. Servers.SelectMany((server, i) => new (string, object)[]
            {
                (Streams.Server(server), new ServerRegistered(server, $"https://{server}.example.org/bigbluebutton/api", "fingerprint", i == 3 ? 0.5m : 1, null, evening.AddMinutes(i))),
                (Streams.Server(server), new ServerEnabled(server, evening.AddMinutes(i).AddSeconds(20))),
            }),
        ]);
        await SaveAsync("cli:ana", null, "tenants add", [
            (Streams.Tenant(Hill), new TenantAdded(Hill, "hill", ["fingerprint"], evening.AddMinutes(10))),
            (Streams.Tenant(Lake), new TenantAdded(Lake, "lake", ["fingerprint"], evening.AddMinutes(11))),
        ]);
        await SaveAsync("worker", null, "", [.. Servers.Select(server => (Streams.Server(server), (object)new ServerCameOnline(server, evening.AddMinutes(12))))]);
    }

    /// <summary>Twelve classes at eight, twelve at nine; the tenants in turn.</summary>
    private async Task ClassesAsync()
    {
        List<(string, object)> events = [];
        for (var n = 0; n < 24; n++)
        {
            var server = Servers[n % 4];
            var size = 8 + (n * 7 % 23);
            var at = Begin.AddHours(n / 12).AddSeconds(-90 + (n % 12 * 15));
            var one = new Class(Id(n + 1), n % 2 == 0 ? Hill : Lake, $"class-{n + 1}", server, at, TimeSpan.FromMinutes(40 + (n % 3 * 5)), size, n % 3 == 0);
            _classes.Add(one);
            events.AddRange(Run(one, n));
        }

        await SaveAsync("bbb-api", null, "create", events);
    }

    private static IEnumerable<(string, object)> Run(Class of, int n)
    {
        var stream = Streams.Meeting(of.Instance);
        // At nine one node does not take a create, and the next is tried.
        if (n == 14)
        {
            yield return (stream, Placed(of, "node-1", of.At.AddSeconds(-3), 1, 0));
            yield return (stream, new PlacementFailed(of.Instance, "node-1", PlacementFailure.NotTaken, "connection refused", 12, of.At.AddSeconds(-3)));
        }

        yield return (stream, Placed(of, of.Server, of.At, n == 14 ? 2 : 1, n % 12 * 3));
        yield return (stream, new MeetingStarted(of.Instance, of.Server, $"internal-{n + 1}", of.At.ToUnixTimeMilliseconds(), null, false, null, 150 + (n * 37 % 200) + (of.Server == "node-4" ? 400 : 0), of.At.AddSeconds(1)));
        yield return (stream, new MeetingEnded(of.Instance, of.Server, EndLearned.Polls, of.Ends, of.Size, of.Size * 0.75, [1, of.Size], of.Ends.AddSeconds(20)));
    }

    private static MeetingPlaced Placed(Class of, string server, DateTimeOffset at, int attempt, long load) => new(
        of.Instance, of.Tenant, of.MeetingId, server, "a class", null, of.Recorded, new Dictionary<string, string>(),
        new PlacementReason("least-load", "lowest load of 4", null, 4, [new(server, null, load, 0, load, 5 + (at.Second % 50))], attempt), at.AddSeconds(25), at, "request");

    /// <summary>A poll a minute of each server, from half past seven to ten.</summary>
    private async Task PollsAsync()
    {
        List<(string, object)> events = [];
        foreach (var server in Servers)
        {
            for (var minute = -30; minute < 120; minute++)
            {
                var at = Begin.AddMinutes(minute).AddSeconds(7);
                object polled = server == "node-3" && minute is >= 50 and < 60
                    ? new ServerPollFailed(server, minute + 31, at, 5000, minute - 49, "no answer within 5 s", at.AddMinutes(1))
                    : Polled(server, minute, at);
                events.Add((Streams.Polls(server, at), polled));
            }
        }

        await SaveAsync("worker", null, "", events);
    }

    private ServerPolled Polled(string server, int minute, DateTimeOffset at)
    {
        var meetings = _classes.Where(one => one.Server == server && one.At < at && at < one.Ends)
            .Select(one => new PolledMeeting(
                one.MeetingId, one.MeetingId, one.At.ToUnixTimeMilliseconds(), one.UsersAt(at), 1, 1, one.UsersAt(at) / 4, one.Recorded, false, null, one.Instance, 0)).ToArray();
        return new ServerPolled(server, minute + 31, at, 60 + (minute % 7 * 3), 9, meetings, [], at.AddMinutes(1), meetings.Sum(meeting => Math.Max(15, meeting.Users)));
    }

    /// <summary>A quarter come in each of the first two minutes, the rest in the third and fourth.</summary>
    private Task JoinsAsync() => SaveAsync("router", null, "", [
        .. Enumerable.Range(0, 4).SelectMany(minute => _classes.Select(one =>
        {
            var to = one.At.AddMinutes(minute).AddSeconds(30);
            return (Streams.Joins(Process, to), (object)new JoinsRouted(to.AddSeconds(-1), to, [new(one.Instance, one.Server, one.JoinsIn(minute))]));
        })),
    ]);

    private async Task RecordingsAsync()
    {
        List<(string, object)> events = [];
        foreach (var (one, n) in _classes.Where(one => one.Recorded).Select((one, n) => (one, n)))
        {
            var (import, record) = (Id(300 + n), $"record-{n + 1}");
            var received = one.Ends.AddMinutes(20 + (n * 9));
            var imported = received.AddSeconds(14 + n);
            var uploaded = n % 2 == 1;
            events.Add((Streams.Import(import), new ArchiveReceived(import, $"{record}-presentation.tar", 40_000_000 + (n * 3_000_000), uploaded ? ArchiveSource.Upload : ArchiveSource.Spool, uploaded ? one.Server : null, received)));
            if (n == 5)
            {
                events.Add((Streams.Import(import), new ArchiveQuarantined(import, "it is no tar archive", imported)));
                continue;
            }

            events.Add((Streams.Import(import), new ArchiveChecked(import, [new ArchivedFormat(record, "presentation")], 60, 42_000_000, received.AddSeconds(3))));
            events.Add((Streams.Recording(record), new RecordingImported(
                record, one.Tenant, import, one.Instance,
                new RecordingDescription(record, one.MeetingId, one.MeetingId, "a class", one.At.ToUnixTimeMilliseconds(), one.Ends.ToUnixTimeMilliseconds(), one.Size, null, false, null, [], new Dictionary<string, string>()),
                new RecordingFormat("presentation", $"/playback/{record}", 40, 600_000, null, [], 60, 42_000_000, null), RecordingPlace.Published, true, imported)));
            events.Add((Streams.Import(import), new FormatImported(import, record, "presentation", imported)));
            events.Add((Streams.Import(import), new ImportCompleted(import, imported)));
            var callback = Id(500 + n);
            events.Add((Streams.Callback(callback), new CallbackRegistered(
                callback, CallbackKind.RecordingReady, one.Tenant, one.Instance, one.MeetingId, record, "fingerprint", one.Tenant == Hill ? "moodle.hill.example" : "lms.lake.example", "fingerprint", imported)));
            if (n != 3)
            {
                events.Add((Streams.Callback(callback), new CallbackDelivered(callback, n == 2 ? 3 : 1, 200, 80, imported.AddSeconds(n == 2 ? 95 : 1))));
                continue;
            }

            events.Add((Streams.Callback(callback), new CallbackAttempted(callback, 1, 500, "answered 500", 90, imported.AddMinutes(1), imported.AddSeconds(1))));
            events.Add((Streams.Callback(callback), new CallbackAbandoned(callback, 12, 500, "a day of tries is over", imported.AddDays(1))));
        }

        await SaveAsync("importer", null, "", events);
    }

    private async Task ChangesAsync()
    {
        await SaveAsync("worker", null, "", [
            (Streams.Server("node-3"), new ServerSuspected("node-3", "no answer within 5 s", Begin.AddMinutes(50))),
            (Streams.Server("node-3"), new ServerCameOnline("node-3", Begin.AddMinutes(60))),
        ]);
        await SaveAsync("token:ansible", "kernel update", "servers cordon", [(Streams.Server("node-2"), new ServerCordoned("node-2", Begin.AddMinutes(110)))]);
        await SaveAsync("lms", null, "publishRecordings", [(Streams.Recording("record-2"), new RecordingUnpublished("record-2", Begin.AddMinutes(115)))]);
    }

    private async Task SaveAsync(string actor, string? reason, string command, IReadOnlyList<(string Stream, object Event)> events)
    {
        await using var session = _history.Store.LightweightSession();
        session.SetHeader("actor", actor);
        if (reason is not null) session.SetHeader("reason", reason);
        session.CausationId = command;
        foreach (var (stream, @event) in events) session.Events.Append(stream, @event);
        await session.SaveChangesAsync();
    }

    private sealed record Class(Guid Instance, string Tenant, string MeetingId, string Server, DateTimeOffset At, TimeSpan Lasts, int Size, bool Recorded)
    {
        public DateTimeOffset Ends => At + Lasts;

        public int JoinsIn(int minute) => minute switch { 0 or 1 => Size / 4, 2 => Size / 3, _ => Size - (2 * (Size / 4)) - (Size / 3) };

        public int UsersAt(DateTimeOffset at) => Enumerable.Range(0, 4).Where(minute => At.AddMinutes(minute) < at).Sum(JoinsIn);
    }
}
