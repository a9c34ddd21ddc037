using Npgsql;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>A meeting that was on a server at some moment.</summary>
/// <param name="PeakUsers">The most that it ever had.</param>
internal sealed record LargestMeeting(string MeetingId, Guid Instance, int PeakUsers);

/// <summary>Finds the meetings that may have made a server's load what it was, where no placement did.</summary>
internal static class LargestMeetings
{
    // A meeting that goes on for longer than twelve hours is not found: the index is by the time of placing.
    private const string Sql =
        """
        select q.n, i.meeting_id, i.instance, i.peak_users
        from unnest($1, $2) with ordinality q (server_id, at, n)
        cross join lateral (
            select i.meeting_id, i.instance, i.peak_users
            from placement p join meeting_instance i on i.instance = p.instance
            where p.placed_at > q.at - interval '12 hours' and p.placed_at <= q.at + interval '1 minute' and p.server_id = q.server_id
                and i.peak_users is not null and i.ended_at >= q.at
            order by i.peak_users desc, i.instance limit 1) i
        """;

    public static async Task<IReadOnlyDictionary<ImbalanceMoment, LargestMeeting>> OfAsync(
        NpgsqlDataSource database, IReadOnlyList<ImbalanceMoment> moments, CancellationToken cancellation)
    {
        ImbalanceMoment[] grew = [.. moments.Where(moment => moment.Peak is not null && moment.Reasons.Contains(MomentReason.MeetingsGrew))];
        var found = new Dictionary<ImbalanceMoment, LargestMeeting>();
        if (grew.Length == 0) return found;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(Array.ConvertAll(grew, moment => moment.ServerId));
        command.Parameters.AddWithValue(Array.ConvertAll(grew, moment => moment.Peak!.At.UtcDateTime));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            found[grew[row.GetInt64(0) - 1]] = new LargestMeeting(row.GetString(1), row.GetGuid(2), row.GetInt32(3));
        return found;
    }
}
