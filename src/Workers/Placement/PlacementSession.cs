using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.VoiceBridges;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Workers.Placement;

/// <summary>Decides the orders of one batch in turn, under the placement lock; each sees what those before it reserved.</summary>
internal sealed class PlacementSession(PlacementView view, PlacementSettings settings, PlacerOptions options, ulong seed)
{
    private readonly Dictionary<(string TenantId, string MeetingId), MeetingLocation> locations =
        view.Locations.ToDictionary(l => (l.TenantId, l.MeetingId));

    private readonly Dictionary<string, LoadedServer> servers = view.Servers.ToDictionary(s => s.Server.Id, StringComparer.Ordinal);
    private readonly Dictionary<string, TenantLoad> tenants = view.Tenants.ToDictionary(t => t.TenantId, StringComparer.Ordinal);
    private readonly HashSet<(string Number, Guid Instance)> numbers = [.. view.UsedNumbers];
    private readonly PlacementRound round = new(
        settings, [.. view.Servers.Where(s => s.TakesMeetings).Select(s => s.Load)], new PlacementTurn(view.Turn, seed), view.Now);

    /// <summary>What is to be appended, stream by stream, in order.</summary>
    public List<PlacementChange> Changes { get; } = [];

    /// <summary>Meetings that were given to a server.</summary>
    public int Placements { get; private set; }

    /// <summary>Decides one order.</summary>
    public PlacementResult Decide(PlacementOrder order)
    {
        var location = locations.GetValueOrDefault((order.TenantId, order.MeetingId));
        if (order.Failed is { } failed)
        {
            return AfterFailure(order, failed, location);
        }

        return location switch
        {
            null => Place(order, null, null, attempt: 1, tried: null),
            { Server.State: Domain.Servers.AdministrativeState.Disabled } => PlaceAnew(order, location),
            _ when MayMove(order, location) => location.Placing ? PlaceAnew(order, location) : Move(order, location),
            _ => new PlacementResult.Held(location),
        };
    }

    private PlacementResult AfterFailure(PlacementOrder order, FailedAttempt failed, MeetingLocation? location)
    {
        var reserved = location is { Placing: true } && location.Instance == failed.Instance && location.Server.Id == failed.ServerId;
        if (!reserved)
        {
            // Somebody else has decided meanwhile: a poll saw the meeting start, or gave the placing up.
            return location is not null ? new PlacementResult.Held(location)
                : failed.TriesNext ? Place(order, null, null, failed.Attempt + 1, failed.Tried)
                : new PlacementResult.Released();
        }

        Changes.Add(new(failed.Instance, Starts: false, new PlacementFailed(
            failed.Instance, failed.ServerId, failed.Failure, failed.Reason, (int)failed.Elapsed.TotalMilliseconds, view.Now)));
        Release(order);
        // Its number is free for the next attempt: people have it in their calendars.
        numbers.RemoveWhere(used => used.Instance == failed.Instance);
        return failed.TriesNext ? Place(order, null, failed.Instance, failed.Attempt + 1, failed.Tried) : new PlacementResult.Released();
    }

    /// <param name="before">What happens to the run that has the meeting's key now, if the meeting is placed.</param>
    /// <param name="again">The run that is placed once more; null for a new one.</param>
    private PlacementResult Place(PlacementOrder order, PlacementChange? before, Guid? again, int attempt, IReadOnlySet<string>? tried)
    {
        // What takes another run's place, or is placed once more, is counted already.
        if (before is null && again is null && OverQuota(order) is { } over)
        {
            return new PlacementResult.Refused(over, null);
        }

        if (Choose(order, attempt, tried, out var refused) is not { } chosen)
        {
            return refused!;
        }

        if (before is not null)
        {
            Changes.Add(before);
            numbers.RemoveWhere(used => used.Instance == before.Instance);
        }

        var instance = again ?? Guid.CreateVersion7();
        var number = Number(order, instance);
        var (server, why) = chosen;
        Changes.Add(new(instance, Starts: again is null, new MeetingPlaced(
            instance, order.TenantId, order.MeetingId, server.Server.Id, order.Name, number, order.Record, order.Metadata, why,
            order.Deadline, view.Now, order.RequestId, order.Callbacks?.Fingerprints, order.Callbacks?.SignerFingerprint,
            order.RelaysEndOn(server.Server.Id)), order.Callbacks));
        Reserve(order, instance, server.Server);
        return new PlacementResult.Placed(instance, server.Server, server.Load.Tag, number, attempt);
    }

    /// <summary>The run is over for its callers: its server is disabled, or never answered its create. Whoever is inside stays until they leave.</summary>
    private PlacementResult PlaceAnew(PlacementOrder order, MeetingLocation location)
    {
        object over = location.Placing
            ? new PlacementFailed(
                location.Instance, location.Server.Id, PlacementFailure.Abandoned, $"its server is {location.Server.State} and {location.Server.Health}", 0, view.Now)
            : new MeetingEnded(
                location.Instance, location.Server.Id, EndLearned.PlacedAnew, view.Now,
                MeetingCurve.None.Peak, MeetingCurve.None.Mean, MeetingCurve.None.Points, view.Now);
        return Place(order, new(location.Instance, Starts: false, over), null, attempt: 1, tried: null);
    }

    private bool MayMove(PlacementOrder order, MeetingLocation location) =>
        order.ServerWasTried
        && !(location.Placing && view.Now < location.Deadline)
        && location.Server is { Health: Domain.Servers.Health.Offline, OfflineSince: { } since }
        && view.Now - since >= options.MoveAfter;

    private PlacementResult Move(PlacementOrder order, MeetingLocation location)
    {
        if (Choose(order, attempt: 1, new HashSet<string>(StringComparer.Ordinal) { location.Server.Id }, out var refused) is not { } chosen)
        {
            return refused!;
        }

        var (server, why) = chosen;
        Changes.Add(new(location.Instance, Starts: false, new MeetingMoved(
            location.Instance, location.Server.Id, location.InternalMeetingId, server.Server.Id, null, null, Back: false, why,
            order.Deadline, view.Now)));
        Reserve(order, location.Instance, server.Server);
        return new PlacementResult.Placed(location.Instance, server.Server, server.Load.Tag, null, 1);
    }

    private (LoadedServer Server, PlacementReason Why)? Choose(
        PlacementOrder order, int attempt, IReadOnlySet<string>? tried, out PlacementResult? refused)
    {
        var outcome = round.Place(new PlacementRequest(order.MeetingId, order.Tag, attempt, Holding(order), tried));
        refused = outcome is PlacementOutcome.Failed none ? new PlacementResult.Refused(none.Error, none.Tag) : null;
        return outcome is PlacementOutcome.Placed placed ? (servers[placed.Server.ServerId], placed.Why) : null;
    }

    /// <summary>Servers that hold this meetingID for somebody else: a node would take the two for one.</summary>
    private HashSet<string> Holding(PlacementOrder order)
    {
        var holding = new HashSet<string>(StringComparer.Ordinal);
        foreach (var location in locations.Values)
        {
            if (location.MeetingId == order.MeetingId && location.TenantId != order.TenantId)
            {
                holding.Add(location.Server.Id);
            }
        }

        foreach (var (serverId, tenantId) in view.CopyHolders[order.MeetingId])
        {
            if (tenantId != order.TenantId)
            {
                holding.Add(serverId);
            }
        }

        return holding;
    }

    private void Reserve(PlacementOrder order, Guid instance, PoolServer server)
    {
        Placements++;
        if (tenants.TryGetValue(order.TenantId, out var tenant) && !locations.ContainsKey((order.TenantId, order.MeetingId)))
        {
            tenants[order.TenantId] = tenant with { Meetings = tenant.Meetings + 1 };
        }

        locations[(order.TenantId, order.MeetingId)] = new MeetingLocation(
            order.TenantId, order.MeetingId, instance, Placing: true, null, null, order.Deadline, view.Now, server);
    }

    private void Release(PlacementOrder order)
    {
        if (locations.Remove((order.TenantId, order.MeetingId)) && tenants.TryGetValue(order.TenantId, out var tenant))
        {
            tenants[order.TenantId] = tenant with { Meetings = tenant.Meetings - 1 };
        }
    }

    /// <summary>Why its tenant may have no further meeting; null where it may.</summary>
    private PlacementError? OverQuota(PlacementOrder order) => tenants.GetValueOrDefault(order.TenantId) switch
    {
        null => null,
        var tenant when tenant.Meetings >= tenant.MeetingQuota => PlacementError.TooManyMeetings,
        var tenant when tenant.Users >= tenant.UserQuota => PlacementError.TooManyUsers,
        _ => null,
    };

    /// <summary>The first of the meeting's numbers that nobody has; null, which lets the node choose, where those that were looked up are all in use.</summary>
    private string? Number(PlacementOrder order, Guid instance)
    {
        foreach (var number in options.NumbersOf(order))
        {
            if (!numbers.Any(used => VoiceBridgeNumbers.Conflict(used.Number, number)))
            {
                numbers.Add((number, instance));
                return number;
            }
        }

        return null;
    }
}

/// <summary>An event to append to the stream of a run.</summary>
/// <param name="Starts">It is the first of the stream.</param>
/// <param name="Callbacks">To be stored with it.</param>
internal sealed record PlacementChange(Guid Instance, bool Starts, object Event, RunCallbacks? Callbacks = null);
