using Npgsql;
using Scalelite.Domain.Meetings;

namespace Scalelite.Workers.Meetings;

/// <summary>How large meetings were, by the polls of their servers.</summary>
public static class MeetingCurves
{
    private const string Sql =
        """
        select p.peak, p.user_polls::float8 / p.polls, p.curve
        from meeting_instance i
        join polled_meeting p on p.server_id = $2 and p.internal_meeting_id = i.internal_meeting_id
        where i.instance = $1
        """;

    /// <summary>A run's size on a server; that of nobody where no poll of the last hour saw it there.</summary>
    public static async Task<MeetingCurve> ReadAsync(NpgsqlDataSource database, Guid instance, string serverId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue(instance);
        command.Parameters.AddWithValue(serverId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? new MeetingCurve(row.GetInt32(0), Math.Round(row.GetDouble(1), 2), MeetingCurve.Reduce(row.GetFieldValue<int[]>(2)))
            : MeetingCurve.None;
    }
}
