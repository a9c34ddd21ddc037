using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>Events with what does not matter filled in.</summary>
internal static class Given
{
    /// <summary>A Monday morning.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static PlacementReason Why { get; } = new("least-load", "lowest load of 3", "gpu", 3, [new("a", null, 1.5m, 2, 15, 3.5)], 1);

    /// <summary>The moment so many seconds after <see cref="Start"/>.</summary>
    public static DateTimeOffset At(int second) => Start.AddSeconds(second);

    public static ServerRegistered Registered(string server, int second = 0, decimal multiplier = 1, string? tag = null) =>
        new(server, $"https://{server}.example/bigbluebutton/api", $"fingerprint-{server}", multiplier, tag, At(second));

    public static MeetingPlaced Placed(Guid instance, string meetingId, string server, int second = 0, string tenant = "", string? voiceBridge = null) => new(
        instance, tenant, meetingId, server, $"Name of {meetingId}", voiceBridge, true, new Dictionary<string, string> { ["bbb-origin"] = "Moodle" },
        Why, At(second + 25), At(second), "request");

    public static MeetingStarted Started(Guid instance, string server, string internalId, int second = 0, string? voiceBridge = null) => new(
        instance, server, internalId, At(second).ToUnixTimeMilliseconds(), voiceBridge, false, "moderator-fingerprint", 120, At(second));

    public static PlacementFailed Failed(Guid instance, string server, PlacementFailure failure, int second = 0) =>
        new(instance, server, failure, "refused", 40, At(second));

    public static MeetingAdopted Adopted(
        Guid instance, string meetingId, string server, string internalId, int second = 0, string tenant = "", string? voiceBridge = null) => new(
        instance, tenant, meetingId, server, internalId, At(second - 5).ToUnixTimeMilliseconds(), "found", voiceBridge, true, "parent",
        new Dictionary<string, string> { ["a"] = "b" }, At(second));

    public static MeetingMoved Moved(Guid instance, string from, string? left, string to, int second = 0) =>
        new(instance, from, left, to, null, null, false, Why, At(second + 25), At(second));

    public static MeetingMoved MovedBack(Guid instance, string from, string? left, string to, string internalId, int second = 0) =>
        new(instance, from, left, to, internalId, At(second).ToUnixTimeMilliseconds(), true, null, At(second), At(second));

    public static MeetingEnded Ended(Guid instance, string server, EndLearned how, int second = 0) =>
        new(instance, server, how, At(second), 12, 7.25, [1, 5, 12], At(second));

    public static JoinsRouted Joins(int second, params (Guid Instance, string Server, int Count)[] joins) =>
        new(At(second - 1), At(second), [.. joins.Select(j => new RoutedJoins(j.Instance, j.Server, j.Count))]);

    public static PolledMeeting Seen(string meetingId, string internalId, int users, Guid? instance = null, int joinsBefore = 0, int second = 0, int moderators = 1) => new(
        meetingId, internalId, At(second).ToUnixTimeMilliseconds(), users, moderators, users / 2, users / 3, users > 10, false, null, instance, joinsBefore);

    public static ServerPolled Polled(string server, long round, int second, params PolledMeeting[] meetings) =>
        new(server, round, At(second), 80, (int)Math.Min(round, 9), meetings, [], At(second + 5));

    public static ServerPollFailed PollFailed(string server, long round, int second, int failures = 1) =>
        new(server, round, At(second), 10_000, failures, "timeout", At(second + 5));
}
