using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Servers;
using Scalelite.Domain.Tenants;

namespace Scalelite.Api.Tests.Explain;

/// <summary>
/// A lesson on a Monday of last year to which everything happens: a burst at eight, a node that refuses it, one that is lost while people are inside, a
/// move and the way back, an end that the node calls out, a recording and its callback. Times and ids are fixed.
/// </summary>
internal static class RichMeeting
{
    public const string MeetingId = "algebra-7b";
    public const string InternalId = "2f0a6c1d-1741593603400";

    public static readonly Guid Instance = Id(1);
    public static readonly Guid Earlier = Id(2);
    public static readonly Guid Recorded = Id(31);

    internal const string Request = "4f1d9e0c";
    internal const string Tenant = "01957ea3-8300-7000-8000-00000000000a";
    private static readonly Guid Process = Id(90);

    internal static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2025-03-10T{time}Z", System.Globalization.CultureInfo.InvariantCulture);

    internal static Guid Id(int n) => Guid.Parse($"01957ea3-8300-7000-8000-{n:000000000000}");

    /// <summary>All of it.</summary>
    public static void Tell(ToldDay day)
    {
        foreach (var server in (string[])["node-a", "node-b", "node-c", "node-d", "node-e", "node-f"]) day.Tell("cli:root", Streams.Server(server), Pool(server));
        day.Tell("cli:root", Streams.Tenant(Tenant), new TenantAdded(Tenant, "uni", ["fp-of-the-lms"], At("06:00:00")));
        day.Tell("worker", Streams.Server("node-e"), new ServerSuspected("node-e", "No answer within 10 s", At("07:50:00")));
        day.Tell("worker", Streams.Server("node-e"), new ServerWentOffline("node-e", "No answer within 10 s", At("07:51:00")));
        day.Tell("cli:root", Streams.Server("node-d"), new ServerCordoned("node-d", At("07:55:00")));
        EarlierRun(day);
        Meeting(day);
        WhatCameOfIt(day);
    }

    private static object[] Pool(string server) =>
    [
        new ServerRegistered(server, $"https://{server}.example.org/bigbluebutton/api", $"fp-{server}", 1, server == "node-f" ? "gpu" : null, At("05:00:00")),
        new ServerEnabled(server, At("05:01:00")), new ServerCameOnline(server, At("05:02:00")),
    ];

    private static void EarlierRun(ToldDay day)
    {
        day.Tell("bbb-api", Streams.Meeting(Earlier), Placed(Earlier, MeetingId, "node-a", Why(1, "lowest load of 3", ("node-a", 0, 0, 0, 12.5)), "06:10:00"));
        day.Tell("bbb-api", Streams.Meeting(Earlier), new MeetingStarted(Earlier, "node-a", "2f0a6c1d-1741587000100", 1741587000100, "613478201", false, null, 95, At("06:10:00.095")));
        day.Tell("worker", Streams.Meeting(Earlier), new MeetingEnded(Earlier, "node-a", EndLearned.Polls, At("06:40:00"), 9, 6.5, [1, 9, 8], At("06:42:00")));
    }

    private static void Meeting(ToldDay day)
    {
        var stream = Streams.Meeting(Instance);
        // Five creates come in the same breath.
        foreach (var (n, server) in new[] { (11, "node-a"), (12, "node-b"), (13, "node-c"), (14, "node-b") })
        {
            day.Tell(
                "bbb-api", Streams.Meeting(Id(n)), Placed(Id(n), $"room-{n}", server, Why(1, "lowest load of 3", (server, 0, 0, 0, 20)), "08:00:03.120"),
                new MeetingStarted(Id(n), server, $"{n}-1741593603300", 1741593603300, null, false, null, 180, At("08:00:03.300")),
                new MeetingEnded(Id(n), server, EndLearned.Polls, At("08:44:00"), 0, 0, [], At("08:46:00")));
        }

        day.Tell("bbb-api", stream, Placed(
            Instance, MeetingId, "node-a", Why(1, "lowest load of 3", ("node-a", 21, 1, 0, 20.4), ("node-b", 24.5m, 2, 15, 3.1), ("node-c", 30, 2, 30, null)), "08:00:03.120", last: true));
        day.Tell("bbb-api", stream, new PlacementFailed(Instance, "node-a", PlacementFailure.NotTaken, "Connection refused", 12, At("08:00:03.140")));
        day.Tell("bbb-api", stream, Placed(Instance, MeetingId, "node-b", Why(2, "lowest load of 2", ("node-b", 24.5m, 2, 15, 3.1), ("node-c", 30, 2, 30, null)), "08:00:03.140", last: true));
        day.Tell("bbb-api", stream, new MeetingStarted(Instance, "node-b", InternalId, 1741593603400, "613478201", false, "fp-pw", 261, At("08:00:03.401")));
        Joined(day, "08:00:20", "node-b", 4);
        Joined(day, "08:01:05", "node-b", 11);
        Joined(day, "08:03:40", "node-b", 2);
        day.Tell("worker", Streams.Server("node-b"), new ServerSuspected("node-b", "No answer within 10 s", At("08:12:00")));
        day.Tell("worker", Streams.Server("node-b"), new ServerWentOffline("node-b", "No answer within 10 s", At("08:13:00")));
        day.Tell(
            "bbb-api", stream, new MeetingMoved(Instance, "node-b", InternalId, "node-c", null, null, false, Why(1, "lowest load of 2", ("node-c", 33, 3, 0, 9), ("node-a", 36, 2, 0, 8.7)), At("08:14:55"), At("08:14:30")));
        day.Tell("bbb-api", stream, new MeetingStarted(Instance, "node-c", "2f0a6c1d-1741594470200", 1741594470200, "613478201", false, null, 180, At("08:14:30.180")));
        Joined(day, "08:14:50", "node-c", 1);
        day.Tell("worker", Streams.Server("node-b"), new ServerCameOnline("node-b", At("08:16:00")));
        day.Tell("poller", stream, new MeetingMoved(Instance, "node-c", "2f0a6c1d-1741594470200", "node-b", InternalId, 1741593603400, true, null, At("08:16:01"), At("08:16:01")));
        day.Tell("worker", stream, new MeetingCopyGone(Instance, "node-c", "ended when empty", At("08:17:02")));
        Joined(day, "08:20:10", "node-b", 3);
        day.Tell("node:node-b", stream, new MeetingEndCalled(Instance, "node-b", true, At("08:45:30")));
        day.Tell(
            "worker", stream, new MeetingEnded(Instance, "node-b", EndLearned.Callback, At("08:45:30"), 18, 14.25, [2, 9, 14, 17, 18, 18, 17, 12, 16, 17, 16, 4], At("08:45:31")),
            new MeetingEndTold(Instance, true, true, At("08:45:31")));
    }

    private static void WhatCameOfIt(ToldDay day)
    {
        var (import, record) = (Recorded, InternalId);
        var description = new RecordingDescription(
            record, MeetingId, InternalId, "Algebra 7b", 1741593603400, 1741596330000, 18, 1000, false, null, [], new Dictionary<string, string> { ["bbb-origin"] = "Moodle" });
        day.Tell(
            "importer", Streams.Import(import), new ArchiveReceived(import, $"{record}.tar", 1000, ArchiveSource.Upload, "node-b", At("09:31:00")),
            new ArchiveChecked(import, [new ArchivedFormat(record, "presentation")], 12, 1000, At("09:31:05")));
        day.Tell("importer", Streams.Recording(record), new RecordingImported(
            record, Tenant, import, Instance, description, new RecordingFormat("presentation", $"/playback/presentation/2.3/{record}", 45, null, null, [], 12, 1000, null),
            RecordingPlace.Published, true, At("09:31:20")));
        day.Tell("importer", Streams.Import(import), new FormatImported(import, record, "presentation", At("09:31:20")), new ImportCompleted(import, At("09:31:21")));
        day.Tell(
            "worker", Streams.Callback(Id(41)),
            new CallbackRegistered(Id(41), CallbackKind.RecordingReady, Tenant, Instance, MeetingId, record, "fp-url", "lms.example.org", "fp-of-the-lms", At("09:31:22")),
            new CallbackAttempted(Id(41), 1, 503, "answered 503", 40, At("09:31:32"), At("09:31:22")), new CallbackDelivered(Id(41), 2, 200, 35, At("09:31:32")));
    }

    internal static MeetingPlaced Placed(Guid instance, string meetingId, string server, PlacementReason why, string at, bool last = false) => new(
        instance, Tenant, meetingId, server, meetingId == MeetingId ? "Algebra 7b" : "Another", $"6134782{instance.ToString()[^2..]}", last,
        new Dictionary<string, string> { ["bbb-origin"] = "Moodle" }, why, At(at).AddSeconds(25), At(at), last ? Request : null, null, last ? "fp-of-the-lms" : null, last);

    internal static PlacementReason Why(int attempt, string rule, params (string Server, decimal Load, int Meetings, long Reserved, double? Age)[] considered) => new(
        "least-load", rule, null, considered.Length, [.. considered.Select(c => new ConsideredServer(c.Server, null, c.Load, c.Meetings, c.Reserved, c.Age))], attempt);

    private static void Joined(ToldDay day, string to, string server, int joins) => day.Tell(
        "router", Streams.Joins(Process, At(to)), new JoinsRouted(At(to).AddSeconds(-1), At(to), [new RoutedJoins(Instance, server, joins)]));
}
