using System.Globalization;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;

namespace Scalelite.Api.Demo;

/// <summary>Says in a line what an event means. Ids become the names that earlier events gave them.</summary>
/// <param name="nodes">The nodes whose names their servers get, by URL.</param>
internal sealed class EventLines(IReadOnlyList<SimulatedNode> nodes)
{
    private readonly Dictionary<string, string> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> _meetings = [];

    /// <summary>The event's line; null for one that is not worth a line of its own, such as a poll.</summary>
    public StoryLine? Tell(object @event) => @event switch
    {
        ServerRegistered e => Registered(e),
        ServerEnabled e => new(Server(e.ServerId), "enabled"),
        ServerCordoned e => new(Server(e.ServerId), "cordoned: it drains"),
        ServerDrained e => new(Server(e.ServerId), "drained: its last meeting is gone, it is disabled now", Tone.Good),
        ServerDisabled e => new(Server(e.ServerId), "disabled"),
        ServerPanicked e => new(Server(e.ServerId), $"panicked: {e.Meetings} meetings given up", Tone.Bad),
        ServerRemoved e => new(Server(e.ServerId), "removed"),
        ServerSuspected e => new(Server(e.ServerId), $"suspect, no new meetings: {e.Reason}", Tone.Bad),
        ServerWentOffline e => new(Server(e.ServerId), $"offline: {e.Reason}", Tone.Bad),
        ServerCameOnline e => new(Server(e.ServerId), "online", Tone.Good),
        ServerVersionSeen e => new(Server(e.ServerId), $"runs BigBlueButton {e.Version}", Tone.Quiet),
        MeetingPlaced e => Placed(e),
        MeetingStarted e => new(Server(e.ServerId), $"{Meeting(e.Instance)} {(e.Existing ? "was there already" : "started")}, {e.ElapsedMs} ms", Tone.Good),
        PlacementFailed e => new(Server(e.ServerId), $"{Meeting(e.Instance)} not created: {e.Reason}", Tone.Bad),
        MeetingAdopted e => Adopted(e),
        MeetingMoved e => new(
            Server(e.ToServerId), $"{Meeting(e.Instance)} {(e.Back ? "moved back" : "moved here")} from {Server(e.FromServerId)}{Because(e.Why)}", Tone.Good),
        MeetingCopyGone e => new(Server(e.ServerId), $"the copy of {Meeting(e.Instance)} that was left here is gone: {e.How}", Tone.Quiet),
        MeetingEnded e => new(Server(e.ServerId), $"{Meeting(e.Instance)} ended ({Learned(e.How)}), {e.PeakUsers} users at most"),
        JoinsRouted e => new("pool", $"{e.Joins.Sum(join => join.Count)} joins routed: {Joined(e)}"),
        _ => null,
    };

    /// <summary>What a node's last poll showed.</summary>
    public StoryLine Load(ServerPolled polled) => new(
        Server(polled.ServerId), $"polled: {Count(polled.Meetings.Count, "meeting")}, {Count(polled.Meetings.Sum(m => m.Users), "user")}");

    /// <summary>A server's name; its id where none is known.</summary>
    public string Server(string id) => _servers.GetValueOrDefault(id, id);

    /// <summary>A number with its noun.</summary>
    public static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static string Learned(EndLearned how) => how switch
    {
        EndLearned.EndCall => "end was called",
        EndLearned.NotFound => "its node has it no more",
        EndLearned.Polls => "two polls did not see it",
        EndLearned.Callback => "its node said so",
        EndLearned.Replaced => "its node began it anew",
        EndLearned.ServerRemoved => "its server was removed",
        EndLearned.ServerPanicked => "its server was panicked",
        _ => "its server is disabled, it was placed anew",
    };

    private StoryLine Registered(ServerRegistered e)
    {
        var name = nodes.FirstOrDefault(node => node.Url == e.Url)?.Name ?? e.ServerId;
        _servers[e.ServerId] = name;
        return new(name, $"registered at {e.Url}");
    }

    private StoryLine Placed(MeetingPlaced e)
    {
        _meetings[e.Instance] = e.Name ?? e.MeetingId;
        return new(Server(e.ServerId), $"{Meeting(e.Instance)} placed here{Because(e.Why)}");
    }

    private StoryLine Adopted(MeetingAdopted e)
    {
        _meetings[e.Instance] = e.Name ?? e.MeetingId;
        return new(Server(e.ServerId), $"{Meeting(e.Instance)} found and adopted");
    }

    private string Because(PlacementReason? why)
    {
        if (why is null) return "";
        var loads = why.Considered
            .OrderBy(server => Server(server.ServerId), StringComparer.Ordinal)
            .Select(server => string.Create(CultureInfo.InvariantCulture, $"{Server(server.ServerId)} {server.Load:0.##}"));
        return $": {why.Rule} ({string.Join(", ", loads)})";
    }

    private string Joined(JoinsRouted e) => string.Join(
        ", ",
        e.Joins.GroupBy(join => Server(join.ServerId)).OrderBy(server => server.Key, StringComparer.Ordinal)
            .Select(server => $"{server.Sum(join => join.Count)} to {server.Key}"));

    private string Meeting(Guid instance) => _meetings.GetValueOrDefault(instance, instance.ToString());
}
