using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Scalelite.Bench.Recordings;

/// <summary>
/// Rows as the projection would write them, made by PostgreSQL: ten recordings a meeting, a thousand of the meeting <c>lecture</c>, two formats
/// with three pictures each, six metadata of which one is on every recording.
/// </summary>
internal static class RecordingRows
{
    private const string Fill =
        """
        insert into recording_catalog (
            record_id, tenant_id, meeting_id, internal_meeting_id, name, state, protected, start_time, end_time, participants, raw_size, is_breakout, metadata, imported_at)
        select id, '', meeting, id, 'Lesson ' || n, case n % 20 when 0 then 'unpublished' when 1 then 'deleted' else 'published' end, n % 50 = 7,
            1500000000000 + n::bigint * 60000, 1500000000000 + n::bigint * 60000 + 2700000, n % 90, n::bigint * 1000, false,
            jsonb_build_object(
                'bbb-origin', 'Moodle', 'bbb-origin-version', '4.' || n % 5, 'bbb-origin-server-name', 'school-' || n % 200 || '.example.org',
                'bbb-context-id', (n / 20)::text, 'bbb-context', 'Course ' || n % 4000, 'bbb-recording-name', 'Lesson ' || n || ' with the number ' || n), now()
        from (
            select n, left(encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), 40) || '-' || n as id,
                case when n % 1000 = 3 and n < 1000000 then 'lecture' else 'room-' || n / 10 end as meeting
            from generate_series(0, {0} - 1) n
        ) r order by id;
        update recording_catalog set state = 'published' where meeting_id = 'lecture' and state <> 'published';
        insert into recording_metadata (record_id, key, value) select record_id, m.key, m.value from recording_catalog, jsonb_each_text(metadata) m order by 1, 2;
        insert into recording_format (record_id, format, place, link, length_minutes, processing_ms, size_bytes, thumbnails, files, bytes, imported_at)
        select record_id, f, 'published', '/playback/' || f || '/2.3/' || record_id, 45, 7177, 1000000,
            (select jsonb_agg(jsonb_build_object('Path', '/' || f || '/' || record_id || '/presentation/thumbnails/thumb-' || n || '.png', 'Width', 176, 'Height', 136,
                'Alt', 'Slide ' || n)) from generate_series(1, 3) n), 30, 1000000, now()
        from recording_catalog, unnest(array['presentation', 'video']) f where state <> 'deleted' order by 1, 2;
        insert into recording_count select tenant_id, state, count(*) from recording_catalog group by 1, 2;
        """;

    /// <summary>The id of the n-th recording.</summary>
    public static string IdOf(int n)
    {
        var text = n.ToString(CultureInfo.InvariantCulture);
        return $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}-{text}";
    }

    /// <summary>Fills the tables; indexes other than the keys are made after. False where an earlier run filled them with as many.</summary>
    /// <exception cref="InvalidOperationException">They hold another number of recordings.</exception>
    public static async Task<bool> FillAsync(string connectionString, int recordings)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync();
        if (await CountAsync(connection) is > 0 and var there)
            return there == recordings ? false : throw new InvalidOperationException($"There are {there} recordings, not {recordings}: name another folder");
        await RunAsync(connection, "set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '128MB'");
        var indexes = new List<(string Name, string Definition)>();
        await using (var command = new NpgsqlCommand(
            """
            select indexname, indexdef from pg_indexes
            where tablename in ('recording_catalog', 'recording_metadata', 'recording_format') and indexname not like '%_pkey'
            """,
            connection))
        {
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync()) indexes.Add((row.GetString(0), row.GetString(1)));
        }

        foreach (var (name, _) in indexes) await RunAsync(connection, $"drop index {name}");
        await RunAsync(connection, Fill.Replace("{0}", recordings.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        foreach (var (_, definition) in indexes) await RunAsync(connection, definition);
        foreach (var table in new[] { "recording_catalog", "recording_metadata", "recording_format", "recording_count" })
        {
            await RunAsync(connection, $"vacuum analyze {table}");
        }

        await RunAsync(connection, "checkpoint");
        return true;
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select coalesce(sum(recordings), 0)::bigint from recording_count", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
