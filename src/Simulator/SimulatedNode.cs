using System.Globalization;
using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Calls;
using Scalelite.Simulator.Faults;
using Scalelite.Simulator.Hooks;
using Scalelite.Simulator.Journal;
using Scalelite.Simulator.Meetings;
using Scalelite.Simulator.Network;
using Scalelite.Simulator.Recordings;

namespace Scalelite.Simulator;

/// <summary>A BBB node that runs meetings, lags, lies and dies as told. All members may be called at any time from any thread.</summary>
public sealed class SimulatedNode
{
    private readonly NodeConnections _connections = new();
    private readonly MeetingLife _life;
    private readonly RecordingPublisher? _recordings;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private volatile string[] _secrets;
    private NodeSocket? _socket;

    internal SimulatedNode(int number, SimulatedPoolOptions options, EndCallbacks? callbacks, CancellationToken stopping)
    {
        Number = number;
        Name = options.NameOf(number);
        Version = options.Version;
        _secrets = [options.SecretOf(number)];
        _time = options.Time;
        _stopping = stopping;
        Journal = new CallJournal(options.JournalLength);
        Hooks = options.Webhooks ? new NodeHooks(() => Secret) : null;
        _recordings = options.Recordings is { } recordings ? new RecordingPublisher(this, recordings, options.Time, stopping) : null;
        Table = new MeetingTable(options.Time, number, meeting =>
        {
            callbacks?.Send(meeting, _recordings is not null && meeting.Plan.Record);
            _recordings?.Begin(meeting);
        });
        _life = new MeetingLife(Table, options.Expiry, options.Users, number);
        IsBefore25 = System.Version.TryParse(options.Version, out var version) && version < new Version(2, 5);
        Root = Answer.Fixed(new XmlBuffer()
            .Raw("<response><returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.0</apiVersion>"u8)
            .Element("bbbVersion"u8, Version)
            .Raw("<graphqlWebsocketUrl/><graphqlApiUrl/></response>"u8)
            .ToArray());
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>Such as <c>node-1</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens, whatever its <see cref="Reach"/>.</summary>
    public int Port => _socket?.Port ?? 0;

    /// <summary>The API's base, such as <c>http://127.0.0.1:40001/bigbluebutton/api</c>.</summary>
    public string Url => $"{Origin}/bigbluebutton/api";

    /// <summary>The BBB version that the root answer tells.</summary>
    public string Version { get; }

    /// <summary>The shared secret. It can be changed while the node runs.</summary>
    public string Secret
    {
        get => _secrets[0];
        set => _secrets = [value];
    }

    /// <summary>What goes wrong with its answers.</summary>
    public NodeFaults Faults { get; } = new();

    /// <summary>What it was asked.</summary>
    public CallJournal Journal { get; }

    /// <summary>How it is reached.</summary>
    public Reach Reach => _socket?.Reach ?? Reach.Refusing;

    /// <summary>Open connections.</summary>
    public int Connections => _connections.Open;

    /// <summary>The most connections that were open at once, since the start or <see cref="ResetPeakConnections"/>.</summary>
    public int PeakConnections => _connections.Peak;

    /// <summary>All connections that were ever accepted.</summary>
    public long AcceptedConnections => _connections.Total;

    /// <summary>Its live meetings.</summary>
    public IReadOnlyList<SimulatedMeeting> Meetings
    {
        get
        {
            lock (Table.Gate)
            {
                return [.. Table.All.Select(m => m.Snapshot())];
            }
        }
    }

    /// <summary>The meetings that are over, oldest first (the first 10,000).</summary>
    public IReadOnlyList<EndedMeeting> Ended
    {
        get
        {
            lock (Table.Gate)
            {
                return [.. Table.Ended];
            }
        }
    }

    /// <summary>The archives of recordings that it delivered, oldest first.</summary>
    public IReadOnlyList<PublishedRecording> Published => _recordings?.Published ?? [];

    /// <summary>All users in all of its meetings.</summary>
    public int Users
    {
        get
        {
            lock (Table.Gate)
            {
                return Table.All.Sum(m => m.Attendees.Count);
            }
        }
    }

    /// <summary>Its bbb-webhooks; null where it has none.</summary>
    public NodeHooks? Hooks { get; }

    internal MeetingTable Table { get; }

    internal string Origin { get; private set; } = "";

    internal Answer Root { get; }

    internal bool IsBefore25 { get; }

    internal IReadOnlyList<string> Secrets => _secrets;

    /// <summary>While the node cannot be reached: what comes when it can be again. Else none.</summary>
    internal CancellationToken Restored => _socket?.Restored ?? CancellationToken.None;

    /// <summary>A live meeting by its meetingID or internal id; null where there is none.</summary>
    public SimulatedMeeting? Meeting(string meetingID)
    {
        lock (Table.Gate)
        {
            return Table.Find(meetingID)?.Snapshot();
        }
    }

    /// <summary>Starts a meeting that no create asked for, or returns the live one.</summary>
    public SimulatedMeeting StartMeeting(
        string meetingID, string? name = null, IReadOnlyDictionary<string, string>? metadata = null, bool record = false)
    {
        lock (Table.Gate)
        {
            var plan = new MeetingPlan(meetingID, name ?? meetingID) { Metadata = metadata ?? new Dictionary<string, string>(), Record = record };
            return (Table.FindByMeetingID(meetingID) ?? Table.Start(plan)).Snapshot();
        }
    }

    /// <summary>Starts a breakout room of a live meeting, as moderators do inside it.</summary>
    /// <param name="sequence">Its number, from 1.</param>
    /// <exception cref="InvalidOperationException">The node has no such meeting.</exception>
    public SimulatedMeeting StartBreakout(string parentMeetingID, int sequence)
    {
        lock (Table.Gate)
        {
            var parent = Known(parentMeetingID);
            var plan = new MeetingPlan($"{LiveMeeting.HashOf($"{parent.InternalMeetingID}-{sequence}")}-{parent.CreateTime}", $"{parent.Plan.Name} (Room - {sequence})")
            {
                Breakout = (parent, sequence, false),
                VoiceBridge = parent.VoiceBridge + sequence.ToString(CultureInfo.InvariantCulture),
            };
            return (Table.FindByMeetingID(plan.MeetingID) ?? Table.Start(plan)).Snapshot();
        }
    }

    /// <summary>Users come in. The first <paramref name="moderators"/> of them are moderators.</summary>
    /// <exception cref="InvalidOperationException">The node has no such meeting.</exception>
    public void AddUsers(string meetingID, int users, int moderators = 0)
    {
        lock (Table.Gate)
        {
            var meeting = Known(meetingID);
            for (var n = 0; n < users; n++)
            {
                Table.Enter(meeting, null, $"User {meeting.Attendees.Count + 1}", n < moderators).HasVoice = n < moderators;
            }
        }
    }

    /// <summary>Users leave, those who came last first.</summary>
    /// <returns>How many left.</returns>
    /// <exception cref="InvalidOperationException">The node has no such meeting.</exception>
    public int RemoveUsers(string meetingID, int users)
    {
        lock (Table.Gate)
        {
            var meeting = Known(meetingID);
            var leaving = Math.Min(users, meeting.Attendees.Count);
            for (var n = 0; n < leaving; n++)
            {
                meeting.Leave(meeting.Attendees[^1], _time.GetUtcNow());
            }

            return leaving;
        }
    }

    /// <summary>So many users have their cameras on, the others off.</summary>
    /// <exception cref="InvalidOperationException">The node has no such meeting.</exception>
    public void SetVideos(string meetingID, int cameras)
    {
        lock (Table.Gate)
        {
            var attendees = Known(meetingID).Attendees;
            for (var n = 0; n < attendees.Count; n++)
            {
                attendees[n].HasVideo = n < cameras;
            }
        }
    }

    /// <summary>Ends a meeting from inside, as a moderator does.</summary>
    /// <returns>False where there is none.</returns>
    public bool EndMeeting(string meetingID)
    {
        lock (Table.Gate)
        {
            if (Table.Find(meetingID) is not { } meeting)
            {
                return false;
            }

            Table.End(meeting, EndReason.Told);
            return true;
        }
    }

    /// <summary>Connections are refused and open ones reset; meetings go on.</summary>
    public void Refuse() => _socket!.Refuse();

    /// <summary>A black hole: no connection comes about, open ones hear nothing; meetings go on. What was sent meanwhile is lost.</summary>
    public void Partition() => _socket!.Starve();

    /// <summary>Connections are refused, and all meetings are gone.</summary>
    public void Crash()
    {
        _socket!.Refuse();
        lock (Table.Gate)
        {
            Table.Forget();
        }
    }

    /// <summary>Listens and answers again, on the same port and without faults, with the meetings that it has.</summary>
    public void Recover()
    {
        Faults.Clear();
        _socket!.Open();
    }

    /// <summary>Counts <see cref="PeakConnections"/> anew.</summary>
    public void ResetPeakConnections() => _connections.ResetPeak();

    internal void Attach(Func<NodeConnections, NodeSocket> open, string host)
    {
        _socket = open(_connections);
        Origin = $"http://{host}:{_socket.Port.ToString(CultureInfo.InvariantCulture)}";
    }

    internal void Tick(DateTimeOffset now) => _life.Tick(now);

    /// <returns>False where the pool stops first.</returns>
    internal async ValueTask<bool> DelayAsync(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !_stopping.IsCancellationRequested;
    }

    internal void Stop()
    {
        _socket?.Dispose();
        _connections.Abort();
        Faults.Clear();
    }

    private LiveMeeting Known(string meetingID) =>
        Table.Find(meetingID) ?? throw new InvalidOperationException($"{Name} has no meeting \"{meetingID}\".");
}
