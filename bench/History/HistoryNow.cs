using Npgsql;

namespace Scalelite.Bench.History;

/// <summary>The small read models, which hold the pool as it is at the end of the generated history.</summary>
internal static class HistoryNow
{
    /// <summary>Fills them, a statement a row: they are few.</summary>
    public static async Task FillAsync(string connectionString, PoolYear year)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        foreach (var server in year.Servers)
        {
            await RunAsync(
                connection,
                """
                insert into server (id, url, host, secret_fingerprint, load_multiplier, tag, state, health, offline_since, registered_at, end_relay_since)
                values ($1, $2, $1, $3, 1, $4, $5, $6, $7, $8, $9)
                """,
                server.Id, server.Url, server.Fingerprint, server.Tag, server.State.ToString().ToLowerInvariant(), server.Health.ToString().ToLowerInvariant(), server.OfflineSince,
                year.Began, server.EnabledAt);
            var seen = server.LastPoll?.Meetings ?? [];
            await RunAsync(
                connection,
                """
                insert into server_load (
                    server_id, registered_at, round, next_poll_at, polled_at, answered_round, answered_at, successes, failures, meetings, users, largest_meeting, videos)
                values ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9, $10, $11, $12)
                """,
                server.Id, year.Began, server.Round, year.Ended.AddMinutes(1), server.AnsweredAt, server.LastPoll?.Round ?? 0, server.Successes, server.Failures, seen.Count,
                seen.Sum(m => m.Users), seen.Count == 0 ? 0 : seen.Max(m => m.Users), seen.Sum(m => m.Videos));
            foreach (var meeting in server.Meetings) await LocateAsync(connection, server, meeting, year.Ended);
        }

        foreach (var (id, name, fingerprint, setting, at) in year.Tenants)
        {
            await RunAsync(connection, "insert into tenant (id, name, secret_fingerprints, added_at) values ($1, $2, array[$3], $4)", id, name, fingerprint, at);
            await RunAsync(
                connection, "insert into tenant_setting (id, tenant_id, param, value, override) values ($1, $2, 'welcome', $3, true)", setting, id, $"Welcome to school {int.Parse(name[^2..], System.Globalization.CultureInfo.InvariantCulture)}");
        }

        await RunAsync(connection, "select setval('placement_turn', $1)", year.Placements);
    }

    private static async Task LocateAsync(NpgsqlConnection connection, HistoryServer server, HistoryMeeting meeting, DateTimeOffset now)
    {
        await RunAsync(
            connection,
            "insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, internal_meeting_id, create_time, placed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            meeting.TenantId, meeting.MeetingId, meeting.Instance, server.Id, meeting.InternalId is null ? "placing" : "live", meeting.InternalId, meeting.CreateTime, meeting.PlacedAt);
        await RunAsync(connection, "insert into meeting_joins (instance, servers, joins) values ($1, array[$2], $3)", meeting.Instance, server.Id, (long)meeting.JoinedBy(now));
        await RunAsync(connection, "insert into voice_bridge (number, instance) values ($1, $2)", meeting.VoiceBridge, meeting.Instance);
        if (server.LastPoll?.Meetings.FirstOrDefault(m => m.InternalMeetingId == meeting.InternalId) is not { } seen) return;
        var curve = meeting.Curve;
        await RunAsync(
            connection,
            """
            insert into polled_meeting (
                server_id, internal_meeting_id, meeting_id, round, instance, create_time, users, moderators, voice, videos, recording, is_breakout, joins_before, first_seen_at,
                last_seen_at, polls, user_polls, peak, curve)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false, $12, $13, $14, $15, $16, $17, $18)
            """,
            server.Id, seen.InternalMeetingId, seen.MeetingId, server.LastPoll.Round, meeting.Instance, seen.CreateTime, seen.Users, seen.Moderators, seen.Voice, seen.Videos, seen.Recording,
            seen.JoinsBefore, meeting.StartedAt, server.LastPoll.BeganAt, curve.Points.Count, (long)curve.Points.Sum(), curve.Peak, curve.Points.ToArray());
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        await command.ExecuteNonQueryAsync();
    }
}
