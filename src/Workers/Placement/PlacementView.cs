using Npgsql;
using Scalelite.Domain.VoiceBridges;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tenants;

namespace Scalelite.Workers.Placement;

/// <summary>What is read under the placement lock, in one round trip, for all creates that wait.</summary>
/// <param name="CopyHolders">For a meetingID, the servers with a watched copy of it and the copy's tenant.</param>
/// <param name="UsedNumbers">Of the voice bridges asked about, and their prefixes and extensions, those in use, and by which run.</param>
/// <param name="Tenants">Those of the creates' tenants that have a quota.</param>
/// <param name="Turn">Placements so far.</param>
/// <param name="Now">The database's clock, which all instances share.</param>
internal sealed record PlacementView(
    IReadOnlyList<LoadedServer> Servers,
    IReadOnlyList<MeetingLocation> Locations,
    ILookup<string, (string ServerId, string TenantId)> CopyHolders,
    IReadOnlyList<(string Number, Guid Instance)> UsedNumbers,
    IReadOnlyList<TenantLoad> Tenants,
    long Turn,
    DateTimeOffset Now)
{
    private const string CopiesSql =
        """
        select c.meeting_id, c.server_id, i.tenant_id
        from meeting_copy c join meeting_instance i on i.instance = c.instance
        where c.meeting_id = any($1)
        """;

    // A number clashes with itself, with what it begins with and with what begins with it.
    private const string NumbersSql =
        """
        select v.number, v.instance from voice_bridge v where v.number = any($2)
        union
        select v.number, v.instance from unnest($1) as c (number) join voice_bridge v on v.number > c.number collate "C" and v.number < (c.number || ':') collate "C"
        """;

    /// <summary>Takes the placement lock in the transaction and reads.</summary>
    public static async Task<PlacementView> TakeAsync(
        NpgsqlTransaction transaction, PlacementQuestion question, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var command in PlacementLock.Take())
        {
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("select last_value, clock_timestamp() from placement_turn"));
        batch.BatchCommands.Add(ServerPool.LoadCommand(question.MinimumUsers, question.YoungSince));
        batch.BatchCommands.Add(MeetingLocations.ByMeetingIds(question.MeetingIds));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(CopiesSql) { Parameters = { new() { Value = question.MeetingIds.ToArray() } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NumbersSql)
        {
            Parameters = { new() { Value = question.Numbers.ToArray() }, new() { Value = Beginnings(question.Numbers) } },
        });

        if (question.TenantIds.Count > 0)
        {
            batch.BatchCommands.Add(TenantLoad.Command(question.TenantIds));
        }

        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        // Of the statements that take the lock only the last returns rows.
        await rows.ReadAsync(cancellation);
        await rows.NextResultAsync(cancellation);
        await rows.ReadAsync(cancellation);
        var (turn, now) = (rows.GetInt64(0), rows.GetFieldValue<DateTimeOffset>(1));
        await rows.NextResultAsync(cancellation);
        var servers = await ServerPool.ReadAsync(rows, cancellation);
        await rows.NextResultAsync(cancellation);
        var locations = await MeetingLocations.ReadAsync(rows, cancellation);
        await rows.NextResultAsync(cancellation);
        var copies = new List<(string MeetingId, string ServerId, string TenantId)>();
        while (await rows.ReadAsync(cancellation))
        {
            copies.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        }

        await rows.NextResultAsync(cancellation);
        var numbers = new List<(string Number, Guid Instance)>();
        while (await rows.ReadAsync(cancellation))
        {
            numbers.Add((rows.GetString(0), rows.GetGuid(1)));
        }

        var tenants = question.TenantIds.Count > 0 && await rows.NextResultAsync(cancellation) ? await TenantLoad.ReadAsync(rows, cancellation) : [];
        return new PlacementView(
            servers, locations, copies.ToLookup(c => c.MeetingId, c => (c.ServerId, c.TenantId), StringComparer.Ordinal), numbers, tenants, turn, now);
    }

    private static string[] Beginnings(IReadOnlyCollection<string> numbers) =>
        [.. numbers.SelectMany(VoiceBridgeNumbers.Beginnings).Where(n => n.Length >= VoiceBridgeNumbers.ShortestLength).Distinct(StringComparer.Ordinal)];
}

/// <summary>What a <see cref="PlacementView"/> is to show.</summary>
/// <param name="TenantIds">Of the creates; none without tenants.</param>
internal sealed record PlacementQuestion(
    IReadOnlyCollection<string> MeetingIds, IReadOnlyCollection<string> Numbers, IReadOnlyCollection<string> TenantIds, int MinimumUsers, DateTimeOffset YoungSince);
