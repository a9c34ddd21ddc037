namespace Scalelite.Domain.Placement;

/// <summary>
/// Several placements in turn over the same servers. It keeps the weighed servers between them, so that a placement
/// costs one pass over the servers and no sorting (§5: it runs under the placement lock).
/// </summary>
public sealed class PlacementRound
{
    private const int Shown = 32;

    private readonly PlacementSettings settings;
    private readonly DateTimeOffset now;
    private readonly Candidate[] pool;
    private readonly Candidate[] candidates;
    private readonly int[] indexes;
    private readonly Dictionary<string, HashSet<string>> placedHere = new(StringComparer.Ordinal);
    private PlacementTurn turn;

    /// <summary>Begins with these servers as they are.</summary>
    /// <param name="servers">Those that take meetings now, enabled and online, each once.</param>
    /// <param name="turn">Of the first placement; each is one turn.</param>
    /// <param name="now">For the age of the polls in the reasons.</param>
    public PlacementRound(PlacementSettings settings, IReadOnlyList<ServerLoad> servers, PlacementTurn turn, DateTimeOffset now)
    {
        this.settings = settings;
        this.turn = turn;
        this.now = now;
        pool = new Candidate[servers.Count];
        for (var i = 0; i < pool.Length; i++)
            pool[i] = settings.Policy.Weigh(servers[i]);
        Array.Sort(pool, (a, b) => string.CompareOrdinal(a.Server.ServerId, b.Server.ServerId));
        candidates = new Candidate[pool.Length];
        indexes = new int[pool.Length];
    }

    /// <summary>Places one meeting and reserves its share for those that follow.</summary>
    public PlacementOutcome Place(PlacementRequest request)
    {
        var (count, note) = Gather(request, heldToo: false);
        if (count == 0)
            return new PlacementOutcome.Failed(WhyNone(request), request.Tag.Text);

        var chosen = settings.Policy.Pick(candidates.AsSpan(0, count), turn);
        var why = Explain(request, chosen, count, note);
        var server = candidates[chosen].Server;
        Reserve(request.MeetingId, indexes[chosen], server);
        return new PlacementOutcome.Placed(server, why);
    }

    private void Reserve(string meetingId, int index, ServerLoad server)
    {
        pool[index] = settings.Policy.Weigh(server.WithReservation(settings.MinimumUsers));
        if (!placedHere.TryGetValue(meetingId, out var holding))
            placedHere[meetingId] = holding = new HashSet<string>(StringComparer.Ordinal);
        holding.Add(server.ServerId);
        turn = turn with { Number = turn.Number + 1 };
    }

    private PlacementError WhyNone(PlacementRequest request) =>
        Gather(request, heldToo: true).Count > 0 ? PlacementError.IdNotUnique
        : request.Tag.Required ? PlacementError.TagUnavailable
        : PlacementError.NoServerAvailable;

    // The alternatives asked for; else, unless they are required, untagged servers; else, by setting, any.
    private (int Count, string? Note) Gather(PlacementRequest request, bool heldToo)
    {
        var tag = request.Tag;
        var count = Fill(request, heldToo, tag.Accepts);
        if (count > 0 || tag.Required)
            return (count, null);
        if (tag.Tags.Count > 0 && !tag.AcceptsUntagged)
        {
            count = Fill(request, heldToo, string.IsNullOrEmpty);
            if (count > 0)
                return (count, "no tagged one available, untagged instead");
        }

        return settings.UntaggedMayUseTagged
            ? (Fill(request, heldToo, static _ => true), "no untagged one available, any tag instead")
            : (0, null);
    }

    private int Fill(PlacementRequest request, bool heldToo, Func<string?, bool> accepts)
    {
        placedHere.TryGetValue(request.MeetingId, out var holding);
        var count = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            var server = pool[i].Server;
            if (!accepts(server.Tag) || request.Tried?.Contains(server.ServerId) == true)
                continue;
            if (!heldToo && (request.Holding?.Contains(server.ServerId) == true || holding?.Contains(server.ServerId) == true))
                continue;
            candidates[count] = pool[i];
            indexes[count++] = i;
        }

        return count;
    }

    private PlacementReason Explain(PlacementRequest request, int chosen, int count, string? note)
    {
        var rule = settings.Policy.Rule(count);
        return new PlacementReason(
            settings.Policy.Name, note is null ? rule : $"{rule}; {note}", request.Tag.Text, count, Considered(chosen, count), request.Attempt);
    }

    private ConsideredServer[] Considered(int chosen, int count)
    {
        // The least loaded in order, by insertion: beyond the first few a candidate mostly costs one comparison.
        Span<int> least = stackalloc int[Shown - 1];
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (i == chosen || (kept == least.Length && candidates[i].CompareByLoad(candidates[least[^1]]) >= 0))
                continue;
            var at = kept < least.Length ? kept++ : kept - 1;
            for (; at > 0 && candidates[i].CompareByLoad(candidates[least[at - 1]]) < 0; at--)
                least[at] = least[at - 1];
            least[at] = i;
        }

        var considered = new ConsideredServer[kept + 1];
        considered[0] = Show(candidates[chosen]);
        for (var i = 0; i < kept; i++)
            considered[i + 1] = Show(candidates[least[i]]);
        return considered;
    }

    private ConsideredServer Show(in Candidate candidate) => new(
        candidate.Server.ServerId,
        candidate.Server.Tag,
        decimal.Round(candidate.Load, 2),
        candidate.Server.Meetings,
        candidate.Reserved,
        candidate.Server.PolledAt is { } polled ? Math.Round(Math.Max(0, (now - polled).TotalSeconds), 1) : null);
}
