using System.Globalization;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Servers;
using Scalelite.Simulator;

namespace Scalelite.Api.Demo;

/// <summary>Says in a line what an event means. Ids become the names that earlier events gave them.</summary>
/// <param name="nodes">The nodes whose names their servers get, by URL.</param>
internal sealed class EventLines(IReadOnlyList<SimulatedNode> nodes)
{
    private const string Imports = "import";
    private const string Catalog = "catalog";
    private const string Callbacks = "callback";
    private const int Digits = 8;

    private readonly Dictionary<string, string> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> _meetings = [];
    private readonly Dictionary<Guid, string> _archives = [];
    private readonly Dictionary<Guid, string> _callbacks = [];
    private readonly Dictionary<string, string> _recordings = new(StringComparer.Ordinal);

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
        ArchiveReceived e => Received(e),
        ImportCompleted e => new(Imports, $"{Archive(e.ImportId)} is in, and removed", Tone.Good),
        ImportFailed e => new(Imports, $"{Archive(e.ImportId)} not imported: {e.Reason}", Tone.Bad),
        ArchiveQuarantined e => new(Imports, $"{Archive(e.ImportId)} put aside: {e.Reason}", Tone.Bad),
        RecordingImported e => Imported(e),
        RecordingPublished e => new(Catalog, $"{Recording(e.RecordId)} published", Tone.Good),
        RecordingUnpublished e => new(Catalog, $"{Recording(e.RecordId)} unpublished: nobody is served from now on"),
        RecordingFormatMoved e => new(
            Catalog, $"{Recording(e.RecordId)}: the files of {e.Format} lie with the {(e.Place == RecordingPlace.Published ? "published" : "unpublished")} ones", Tone.Quiet),
        RecordingDeleted e => new(Catalog, $"{Recording(e.RecordId)} deleted"),
        CallbackRegistered e => Owed(e),
        CallbackAttempted e => new(Callbacks, $"{Callback(e.CallbackId)} not delivered: {e.Outcome}", Tone.Bad),
        CallbackDelivered e => new(Callbacks, $"{Callback(e.CallbackId)} delivered: {e.Status}", Tone.Good),
        CallbackAbandoned e => new(Callbacks, $"{Callback(e.CallbackId)} given up: {e.Reason}", Tone.Bad),
        _ => null,
    };

    /// <summary>What a node's last poll showed.</summary>
    public StoryLine Load(ServerPolled polled) => new(
        Server(polled.ServerId), $"polled: {Count(polled.Meetings.Count, "meeting")}, {Count(polled.Meetings.Sum(m => m.Users), "user")}");

    /// <summary>A server's name; its id where none is known.</summary>
    public string Server(string id) => _servers.GetValueOrDefault(id, id);

    /// <summary>A number with its noun.</summary>
    /// <param name="nouns">Its plural; with an s where none is given.</param>
    public static string Count(int number, string noun, string? nouns = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? noun : nouns ?? $"{noun}s")}");

    /// <summary>The first digits of a name that begins with a hash.</summary>
    public static string Short(string name) => name.Length > Digits ? $"{name[..Digits]}…{Path.GetExtension(name)}" : name;

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

    private StoryLine Received(ArchiveReceived e)
    {
        _archives[e.ImportId] = Short(e.Name);
        return new(Imports, string.Create(CultureInfo.InvariantCulture, $"{Archive(e.ImportId)} received, {e.Bytes / 1024} KiB"));
    }

    private StoryLine Imported(RecordingImported e)
    {
        _recordings[e.RecordId] = e.Recording.Name ?? e.RecordId;
        return new(Catalog, $"{Recording(e.RecordId)} can be played as {e.Format.Format}", Tone.Good);
    }

    private StoryLine Owed(CallbackRegistered e)
    {
        _callbacks[e.CallbackId] = $"{Called(e.Kind)} of {(e.RecordId is { } id ? Recording(id) : e.MeetingId)}";
        return new(Callbacks, $"{Callback(e.CallbackId)} is owed to {e.Host}", Tone.Quiet);
    }

    private static string Called(CallbackKind kind) => kind switch
    {
        CallbackKind.RecordingReady => "recording-ready",
        CallbackKind.Analytics => "analytics",
        CallbackKind.MeetingEnded => "the end",
        _ => "an event",
    };

    private string Archive(Guid import) => _archives.GetValueOrDefault(import, import.ToString());

    private string Callback(Guid callback) => _callbacks.GetValueOrDefault(callback, callback.ToString());

    private string Recording(string id) => _recordings.GetValueOrDefault(id, Short(id));

    private string Meeting(Guid instance) => _meetings.GetValueOrDefault(instance, instance.ToString());
}
