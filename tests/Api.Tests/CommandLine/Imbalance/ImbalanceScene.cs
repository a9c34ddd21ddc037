using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Api.Tests.CommandLine.Imbalance;

/// <summary>
/// A morning of ten servers, from seven to nine: a burst on old polls at eight, a node that comes back, one tag with one server, eight servers cordoned, and a
/// meeting that grows. The servers are polled every minute.
/// </summary>
internal sealed class ImbalanceScene(IDocumentStore store)
{
    public static readonly DateTimeOffset Seven = new(2026, 3, 2, 7, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, List<object>> _streams = [];

    /// <summary>node-1 … node-10; node-10 has the tag music.</summary>
    public static IReadOnlyList<string> Servers { get; } = [.. Enumerable.Range(1, 10).Select(i => $"node-{i}")];

    public async Task TellAsync()
    {
        foreach (var id in Servers)
        {
            Add(Streams.Server(id), new ServerRegistered(
                id, $"https://{id}.example.org/bigbluebutton/api", "f", id == "node-2" ? 2 : 1, id == "node-10" ? "music" : null, Seven.AddDays(-3)));
            Add(Streams.Server(id), new ServerEnabled(id, Seven.AddDays(-3)), new ServerCameOnline(id, Seven.AddDays(-3)));
        }

        // 41 creates from 08:00:12 to 08:00:45 on polls of up to 58 s, 17 of them on node-3, three on each of the others but the last.
        for (var i = 0; i < 41; i++)
        {
            var server = i % 41 < 17 ? "node-3" : Servers.Where(id => id != "node-3").ElementAt((i - 17) % 8);
            Place(Seven.AddMinutes(60).AddSeconds(12 + (i * 33.0 / 40)), server, 25 + (i * 33.0 / 40), 9);
        }

        Add(Streams.Server("node-7"), new ServerWentOffline("node-7", "told by a test", Seven.AddMinutes(5)), new ServerCameOnline("node-7", Seven.AddMinutes(10)));
        for (var i = 0; i < 7; i++) Place(Seven.AddMinutes(12).AddSeconds(i * 6), "node-7", 4, 9);

        for (var i = 0; i < 6; i++) Place(Seven.AddMinutes(30).AddSeconds(i * 7), "node-10", 4, 1, "music!");

        foreach (var id in Servers.Take(8)) Add(Streams.Server(id), new ServerCordoned(id, Seven.AddMinutes(100)));
        for (var i = 0; i < 9; i++) Place(Seven.AddMinutes(110).AddSeconds(i * 5), i % 3 < 2 ? "node-9" : "node-10", 4, 2);

        // The meeting of node-5 grows to 300 users at 07:45 and ends five minutes later.
        var instance = Place(Seven.AddMinutes(40), "node-5", 4, 9, null, "the-webinar");
        Add(Streams.Meeting(instance), new MeetingStarted(instance, "node-5", "internal", 1, null, false, null, 20, Seven.AddMinutes(40)));
        Add(Streams.Meeting(instance), new MeetingEnded(instance, "node-5", EndLearned.Polls, Seven.AddMinutes(50), 300, 100, [], Seven.AddMinutes(50)));

        for (var minute = 0; minute < 120; minute++)
        {
            foreach (var id in Servers)
            {
                var users = id == "node-5" && minute is >= 45 and < 50 ? 300 : id == "node-3" && minute is >= 61 and < 70 ? 150 : id == "node-2" ? 10 : 20;
                var at = Seven.AddMinutes(minute).AddSeconds(5);
                Add(Streams.Polls(id, at), new ServerPolled(id, minute + 1, at, 12, 1, [Sized(id, users)], [], at.AddMinutes(1), users));
            }
        }

        await using var session = store.LightweightSession();
        foreach (var (stream, events) in _streams) session.Events.StartStream(stream, [.. events]);
        await session.SaveChangesAsync();
    }

    private static PolledMeeting Sized(string id, int users) => new($"m-{id}", $"i-{id}", 1, users, 1, users, 0, false, false, null, null, 0);

    private Guid Place(DateTimeOffset at, string server, double pollAge, int candidates, string? tag = null, string? meetingId = null)
    {
        var instance = Guid.CreateVersion7(at);
        Add(Streams.Meeting(instance), new MeetingPlaced(
            instance, "", meetingId ?? $"room-{instance:n}", server, "Room", null, false, new Dictionary<string, string>(),
            new PlacementReason("least-load", "lowest load", tag, candidates, [new ConsideredServer(server, null, 20, 1, 0, pollAge)], 1), at.AddSeconds(25), at));
        return instance;
    }

    private void Add(string stream, params object[] events)
    {
        if (!_streams.TryGetValue(stream, out var told)) _streams[stream] = told = [];
        told.AddRange(events);
    }
}
