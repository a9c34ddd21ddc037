namespace Scalelite.Domain.Placement;

/// <summary>
/// Several placements in turn over the same servers. It keeps the weighed servers between them, so that a placement
/// costs one pass over the servers and no sorting (§5: it runs under the placement lock). Live, a round is a batch of creates;
/// a replay keeps one for as long as its servers stay, and shows it the loads that changed.
/// </summary>
public sealed class PlacementRound
{
    private const int Shown = 32;

    private readonly PlacementSettings settings;
    private readonly bool isTagged;
    private DateTimeOffset now;
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
        isTagged = Array.Exists(pool, candidate => !string.IsNullOrEmpty(candidate.Server.Tag));
    }

    /// <summary>The next placement's turn.</summary>
    public PlacementTurn Turn => turn;

    /// <summary>Places one meeting and reserves its share for those that follow.</summary>
    public PlacementOutcome Place(PlacementRequest request)
    {
        if (Choose(request, out var among) is not { } chosen)
            return new PlacementOutcome.Failed(WhyNone(request), request.Tag.Text);
        var why = Explain(request, chosen, among);
        var server = among.Of(this)[chosen].Server;
        Reserve(request.MeetingId, among.IndexOf(this, chosen), server);
        return new PlacementOutcome.Placed(server, why);
    }

    /// <summary>Places as <see cref="Place"/> does, without saying why.</summary>
    /// <param name="count">How many servers could have been chosen.</param>
    /// <returns>The server's place in the ordinal order of the ids; null if there is none for it.</returns>
    internal int? Pick(PlacementRequest request, out int count)
    {
        var chosen = Choose(request, out var among);
        count = among.Count;
        if (chosen is null)
            return null;
        var index = among.IndexOf(this, chosen.Value);
        Reserve(request.MeetingId, index, pool[index].Server);
        return index;
    }

    /// <summary>Begins the next batch: what was placed so far is in the loads that are shown from now on.</summary>
    internal void Begin(DateTimeOffset at)
    {
        now = at;
        placedHere.Clear();
    }

    /// <summary>A server's load as it is now; its id and its tag stay.</summary>
    /// <param name="index">Its place in the ordinal order of the ids.</param>
    internal void Show(int index, ServerLoad load) => pool[index] = settings.Policy.Weigh(load);

    private int? Choose(PlacementRequest request, out Among among)
    {
        among = Gather(request, heldToo: false);
        return among.Count == 0 ? null : settings.Policy.Pick(among.Of(this), turn);
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
    private Among Gather(PlacementRequest request, bool heldToo)
    {
        var tag = request.Tag;
        if (!isTagged && tag.AcceptsUntagged && IsFree(request))
            return new(pool.Length, null, Whole: true);
        var count = Fill(request, heldToo, tag.Accepts);
        if (count > 0 || tag.Required)
            return new(count, null);
        if (tag.Tags.Count > 0 && !tag.AcceptsUntagged)
        {
            count = Fill(request, heldToo, string.IsNullOrEmpty);
            if (count > 0)
                return new(count, "no tagged one available, untagged instead");
        }

        return settings.UntaggedMayUseTagged
            ? new(Fill(request, heldToo, static _ => true), "no untagged one available, any tag instead")
            : new(0, null);
    }

    // No server is left out for this meeting's sake: the servers need not be copied.
    private bool IsFree(PlacementRequest request) =>
        request.Tried is not { Count: > 0 } && request.Holding is not { Count: > 0 } && !placedHere.ContainsKey(request.MeetingId);

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

    private PlacementReason Explain(PlacementRequest request, int chosen, Among among)
    {
        var rule = settings.Policy.Rule(among.Count);
        return new PlacementReason(
            settings.Policy.Name, among.Note is null ? rule : $"{rule}; {among.Note}", request.Tag.Text, among.Count,
            Considered(chosen, among.Of(this)), request.Attempt);
    }

    private ConsideredServer[] Considered(int chosen, ReadOnlySpan<Candidate> candidates)
    {
        // The least loaded in order, by insertion: beyond the first few a candidate mostly costs one comparison.
        Span<int> least = stackalloc int[Shown - 1];
        var kept = 0;
        for (var i = 0; i < candidates.Length; i++)
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

    /// <summary>The candidates of one placement: the whole pool, or those that were copied out of it.</summary>
    private readonly record struct Among(int Count, string? Note, bool Whole = false)
    {
        public ReadOnlySpan<Candidate> Of(PlacementRound round) => Whole ? round.pool : round.candidates.AsSpan(0, Count);

        public int IndexOf(PlacementRound round, int candidate) => Whole ? candidate : round.indexes[candidate];
    }
}
