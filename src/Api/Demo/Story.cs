using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;

namespace Scalelite.Api.Demo;

/// <summary>Follows the log up to its safe head, about a second behind, tells each event, and keeps what a day's expectations are about.</summary>
internal sealed class Story(EventLogReader log, Func<EventRow, IEvent> read, EventLines lines, DemoNarrator narrator)
{
    private static readonly TimeSpan ExpectedWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly List<object> _today = [];
    private readonly Dictionary<string, ServerPolled> _polls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mayFail = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (AdministrativeState State, Health Health)> _servers = new(StringComparer.Ordinal);
    private string? _outOfTurn;
    private long _dayBegan;
    private long _last;
    private long _told;

    /// <summary>Tells events until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var row in log.FollowAsync(0, LookEvery, cancellation)) Take(row);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The demo is over.
        }
#pragma warning disable CA1031 // Whatever it was, nothing can be expected of a log that cannot be read.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lock (_gate) _outOfTurn ??= $"the log can be read: {failure.Message}";
        }
    }

    /// <summary>Begins a day: expectations are about its events alone.</summary>
    public void BeginDay()
    {
        lock (_gate)
        {
            _today.Clear();
            _mayFail.Clear();
            (_outOfTurn, _dayBegan, _told) = (null, _last, 0);
        }
    }

    /// <summary>From now on this server may go offline, or must not any more.</summary>
    public void MayFail(string serverId, bool may)
    {
        lock (_gate)
        {
            if (may) _mayFail.Add(serverId);
            else _mayFail.Remove(serverId);
        }
    }

    /// <summary>What the events say of a server: disabled and offline before its first.</summary>
    public (AdministrativeState State, Health Health) Server(string serverId)
    {
        lock (_gate) return _servers.GetValueOrDefault(serverId);
    }

    /// <summary>The day's events of a type, in order of the log. Of polls only <see cref="LastPoll"/> is kept.</summary>
    public IReadOnlyList<T> Today<T>()
    {
        lock (_gate) return [.. _today.OfType<T>()];
    }

    /// <summary>A server's last good poll; null before the first.</summary>
    public ServerPolled? LastPoll(string serverId)
    {
        lock (_gate) return _polls.GetValueOrDefault(serverId);
    }

    /// <summary>Waits until it is so.</summary>
    /// <param name="expectation">A whole sentence, for the one who reads that it was not met.</param>
    /// <param name="meanwhile">Done again and again until it is so, with <paramref name="every"/> between.</param>
    /// <exception cref="UnmetExpectationException">It was not so in time, or something happened that nobody had ordered.</exception>
    public async Task UntilAsync(
        string expectation, Func<bool> condition, CancellationToken cancellation, Func<Task>? meanwhile = null, TimeSpan? every = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            RefuseOutOfTurn();
            if (condition()) return;
            if (TimeProvider.System.GetElapsedTime(began) > ExpectedWithin)
                throw new UnmetExpectationException($"{expectation}; not within {ExpectedWithin.TotalSeconds:0} s");
            if (meanwhile is not null) await meanwhile();
            await Task.Delay(every ?? Pause, cancellation);
        }
    }

    /// <summary>Reads again what was told today.</summary>
    /// <returns>How many events were told, and how many of them are in the log.</returns>
    public async Task<(long Told, long Found)> ReadAgainAsync(CancellationToken cancellation)
    {
        long after, upTo, told;
        lock (_gate) (after, upTo, told) = (_dayBegan, _last, _told);
        var found = 0L;
        await foreach (var _ in log.ReadAsync(after, upTo, cancellation)) found++;
        return (told, found);
    }

    /// <exception cref="UnmetExpectationException">A server went offline that should not, or the log cannot be read.</exception>
    public void RefuseOutOfTurn()
    {
        lock (_gate)
        {
            if (_outOfTurn is { } what) throw new UnmetExpectationException(what);
        }
    }

    private void Take(EventRow row)
    {
        var @event = read(row);
        lock (_gate)
        {
            (_last, _told) = (row.Sequence, _told + 1);
            switch (@event.Data)
            {
                case ServerPolled polled:
                    _polls[polled.ServerId] = polled;
                    return;
                case ServerPollFailed:
                    return;
                case ServerWentOffline offline when !_mayFail.Contains(offline.ServerId):
                    _outOfTurn ??= $"{lines.Server(offline.ServerId)} stays online until it is its turn, but it went offline: {offline.Reason}";
                    break;
            }

            Follow(@event.Data);
            if (lines.Tell(@event.Data) is { } line) narrator.Happened(@event.Timestamp, line);
            _today.Add(@event.Data);
        }
    }

    private void Follow(object @event)
    {
        switch (@event)
        {
            case ServerEnabled e: Change(e.ServerId, state: AdministrativeState.Enabled); break;
            case ServerCordoned e: Change(e.ServerId, state: AdministrativeState.Cordoned); break;
            case ServerDrained e: Change(e.ServerId, state: AdministrativeState.Disabled); break;
            case ServerDisabled e: Change(e.ServerId, state: AdministrativeState.Disabled); break;
            case ServerPanicked { KeepState: false } e: Change(e.ServerId, state: AdministrativeState.Disabled); break;
            case ServerSuspected e: Change(e.ServerId, health: Health.Suspect); break;
            case ServerWentOffline e: Change(e.ServerId, health: Health.Offline); break;
            case ServerCameOnline e: Change(e.ServerId, health: Health.Online); break;
        }
    }

    private void Change(string serverId, AdministrativeState? state = null, Health? health = null)
    {
        var before = _servers.GetValueOrDefault(serverId);
        _servers[serverId] = (state ?? before.State, health ?? before.Health);
    }
}
