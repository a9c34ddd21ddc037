using Npgsql;
using NpgsqlTypes;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;

namespace Scalelite.Bench.History;

/// <summary>
/// The large read models, filled beside the log by COPY with the rows that the projections would write; their indexes are made after. What holds
/// the pool as it is now is filled at the end. <c>--verify</c> compares all of them with a rebuild from the log.
/// </summary>
internal sealed class HistoryTables : IAsyncDisposable
{
    private static readonly string[] Names =
        ["meeting_instance", "meeting_internal_id", "placement", "poll_history", "server_minute", "join_minute", "recording_catalog", "recording_format",
            "recording_metadata", "import_queue", "callback_queue", "admin_change"];

    private readonly string _connectionString;
    private readonly List<string> _indexes = [];
    private readonly Dictionary<string, TableCopy> _copies = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Server, DateTimeOffset Minute), MinuteOfPolls> _minutes = [];
    private readonly Dictionary<(Guid Instance, DateTimeOffset Minute, string Server, Guid Process), int> _joins = [];
    private readonly Dictionary<(string Tenant, string State), long> _recordings = [];

    private HistoryTables(string connectionString) => _connectionString = connectionString;

    /// <summary>How many rows were written.</summary>
    public long Rows => _copies.Values.Sum(copy => copy.Rows);

    /// <summary>Begins on empty tables: drops the indexes other than the keys.</summary>
    public static async Task<HistoryTables> BeginAsync(string connectionString)
    {
        var tables = new HistoryTables(connectionString);
        await tables.DropIndexesAsync();
        await tables.CopyAsync(
            "meeting_instance",
            ("instance", NpgsqlDbType.Uuid), ("tenant_id", NpgsqlDbType.Text), ("meeting_id", NpgsqlDbType.Text), ("server_id", NpgsqlDbType.Text),
            ("state", NpgsqlDbType.Text), ("internal_meeting_id", NpgsqlDbType.Text), ("create_time", NpgsqlDbType.Bigint),
            ("create_times", NpgsqlDbType.Array | NpgsqlDbType.Bigint), ("name", NpgsqlDbType.Text), ("voice_bridge", NpgsqlDbType.Text), ("record", NpgsqlDbType.Boolean),
            ("metadata", NpgsqlDbType.Jsonb), ("placed_at", NpgsqlDbType.TimestampTz), ("started_at", NpgsqlDbType.TimestampTz), ("ended_at", NpgsqlDbType.TimestampTz),
            ("how", NpgsqlDbType.Text), ("moves", NpgsqlDbType.Integer), ("peak_users", NpgsqlDbType.Integer), ("mean_users", NpgsqlDbType.Double),
            ("end_relayed", NpgsqlDbType.Boolean), ("end_called_at", NpgsqlDbType.TimestampTz));
        await tables.CopyAsync("meeting_internal_id", ("internal_meeting_id", NpgsqlDbType.Text), ("instance", NpgsqlDbType.Uuid), ("server_id", NpgsqlDbType.Text));
        await tables.CopyAsync(
            "placement",
            ("instance", NpgsqlDbType.Uuid), ("placed_at", NpgsqlDbType.TimestampTz), ("server_id", NpgsqlDbType.Text), ("attempt", NpgsqlDbType.Integer),
            ("moved", NpgsqlDbType.Boolean), ("policy", NpgsqlDbType.Text), ("rule", NpgsqlDbType.Text), ("tag", NpgsqlDbType.Text), ("candidates", NpgsqlDbType.Integer),
            ("load", NpgsqlDbType.Numeric), ("reserved", NpgsqlDbType.Bigint), ("poll_age_seconds", NpgsqlDbType.Double), ("outcome", NpgsqlDbType.Text),
            ("reason", NpgsqlDbType.Text), ("elapsed_ms", NpgsqlDbType.Integer));
        await tables.CopyAsync(
            "poll_history",
            ("server_id", NpgsqlDbType.Text), ("began_at", NpgsqlDbType.TimestampTz), ("round", NpgsqlDbType.Bigint), ("elapsed_ms", NpgsqlDbType.Integer),
            ("succeeded", NpgsqlDbType.Boolean), ("meetings", NpgsqlDbType.Integer), ("users", NpgsqlDbType.Integer), ("videos", NpgsqlDbType.Integer),
            ("reason", NpgsqlDbType.Text));
        await tables.CopyAsync(
            "server_minute",
            ("server_id", NpgsqlDbType.Text), ("minute", NpgsqlDbType.TimestampTz), ("polls", NpgsqlDbType.Integer), ("failed", NpgsqlDbType.Integer),
            ("load", NpgsqlDbType.Bigint), ("meetings", NpgsqlDbType.Integer), ("users", NpgsqlDbType.Integer), ("videos", NpgsqlDbType.Integer));
        await tables.CopyAsync(
            "join_minute",
            ("instance", NpgsqlDbType.Uuid), ("server_id", NpgsqlDbType.Text), ("minute", NpgsqlDbType.TimestampTz), ("process", NpgsqlDbType.Uuid),
            ("joins", NpgsqlDbType.Integer));
        await tables.CopyAsync(
            "recording_catalog",
            ("record_id", NpgsqlDbType.Text), ("tenant_id", NpgsqlDbType.Text), ("meeting_id", NpgsqlDbType.Text), ("internal_meeting_id", NpgsqlDbType.Text),
            ("instance", NpgsqlDbType.Uuid), ("name", NpgsqlDbType.Text), ("state", NpgsqlDbType.Text), ("start_time", NpgsqlDbType.Bigint),
            ("end_time", NpgsqlDbType.Bigint), ("participants", NpgsqlDbType.Integer), ("raw_size", NpgsqlDbType.Bigint), ("is_breakout", NpgsqlDbType.Boolean),
            ("metadata", NpgsqlDbType.Jsonb), ("imported_at", NpgsqlDbType.TimestampTz));
        await tables.CopyAsync(
            "recording_format",
            ("record_id", NpgsqlDbType.Text), ("format", NpgsqlDbType.Text), ("place", NpgsqlDbType.Text), ("link", NpgsqlDbType.Text),
            ("length_minutes", NpgsqlDbType.Integer), ("processing_ms", NpgsqlDbType.Bigint), ("size_bytes", NpgsqlDbType.Bigint), ("thumbnails", NpgsqlDbType.Jsonb),
            ("files", NpgsqlDbType.Integer), ("bytes", NpgsqlDbType.Bigint), ("imported_at", NpgsqlDbType.TimestampTz));
        await tables.CopyAsync("recording_metadata", ("record_id", NpgsqlDbType.Text), ("key", NpgsqlDbType.Text), ("value", NpgsqlDbType.Text));
        await tables.CopyAsync(
            "import_queue",
            ("import_id", NpgsqlDbType.Uuid), ("name", NpgsqlDbType.Text), ("bytes", NpgsqlDbType.Bigint), ("source", NpgsqlDbType.Text),
            ("server_id", NpgsqlDbType.Text), ("state", NpgsqlDbType.Text), ("record_ids", NpgsqlDbType.Array | NpgsqlDbType.Text), ("formats", NpgsqlDbType.Integer),
            ("imported", NpgsqlDbType.Integer), ("reason", NpgsqlDbType.Text), ("received_at", NpgsqlDbType.TimestampTz), ("completed_at", NpgsqlDbType.TimestampTz));
        await tables.CopyAsync(
            "callback_queue",
            ("callback_id", NpgsqlDbType.Uuid), ("kind", NpgsqlDbType.Text), ("tenant_id", NpgsqlDbType.Text), ("instance", NpgsqlDbType.Uuid),
            ("meeting_id", NpgsqlDbType.Text), ("record_id", NpgsqlDbType.Text), ("host", NpgsqlDbType.Text), ("url_fingerprint", NpgsqlDbType.Text),
            ("signer_fingerprint", NpgsqlDbType.Text), ("state", NpgsqlDbType.Text), ("attempts", NpgsqlDbType.Integer), ("last_status", NpgsqlDbType.Integer),
            ("last_outcome", NpgsqlDbType.Text), ("registered_at", NpgsqlDbType.TimestampTz), ("ended_at", NpgsqlDbType.TimestampTz));
        await tables.CopyAsync(
            "admin_change",
            ("event_id", NpgsqlDbType.Uuid), ("at", NpgsqlDbType.TimestampTz), ("type", NpgsqlDbType.Text), ("subject_kind", NpgsqlDbType.Text),
            ("subject_id", NpgsqlDbType.Text), ("summary", NpgsqlDbType.Text), ("actor", NpgsqlDbType.Text), ("reason", NpgsqlDbType.Text),
            ("command", NpgsqlDbType.Text), ("correlation_id", NpgsqlDbType.Text));
        return tables;
    }

    /// <summary>Writes a row.</summary>
    public void Write(string table, params ReadOnlySpan<object?> values) => _copies[table].Write(values);

    /// <summary>A server was chosen.</summary>
    public void Placed(Guid instance, DateTimeOffset at, string server, PlacementReason? why, bool moved, string outcome, string? reason, int? elapsed)
    {
        var chosen = why?.Considered.FirstOrDefault(c => c.ServerId == server);
        Write(
            "placement", instance, at, server, why?.Attempt ?? 1, moved, why?.Policy, why?.Rule, why?.Tag, why?.Candidates, chosen?.Load, chosen?.Reserved,
            chosen?.PollAgeSeconds, outcome, reason, elapsed);
    }

    /// <summary>A poll, good or bad.</summary>
    public void Polled(ServerPolled e)
    {
        var (meetings, users, videos) = (e.Meetings.Count, e.Meetings.Sum(m => m.Users), e.Meetings.Sum(m => m.Videos));
        Write("poll_history", e.ServerId, e.BeganAt, e.Round, e.ElapsedMs, true, meetings, users, videos, null);
        MinuteOf(e.ServerId, e.BeganAt).Add(false, e.Load, meetings, users, videos);
    }

    /// <summary>A poll that failed.</summary>
    public void PollFailed(ServerPollFailed e)
    {
        Write("poll_history", e.ServerId, e.BeganAt, e.Round, e.ElapsedMs, false, null, null, null, e.Reason);
        MinuteOf(e.ServerId, e.BeganAt).Add(true, null, 0, 0, 0);
    }

    /// <summary>Joins of one flush.</summary>
    public void Joined(Guid instance, string server, Guid process, DateTimeOffset to, int joins)
    {
        var key = (instance, Minute(to), server, process);
        _joins[key] = _joins.GetValueOrDefault(key) + joins;
    }

    /// <summary>A recording stands in the catalog.</summary>
    public void Counted(string tenant, string state) => _recordings[(tenant, state)] = _recordings.GetValueOrDefault((tenant, state)) + 1;

    /// <summary>Writes what is collected of minutes that are over, so that memory stays small.</summary>
    public void Over(DateTimeOffset now)
    {
        foreach (var (key, polls) in _minutes.Where(minute => minute.Key.Minute.AddMinutes(2) < now).ToList())
        {
            Write("server_minute", key.Server, key.Minute, polls.Polls, polls.Failed, polls.Load, polls.Meetings, polls.Users, polls.Videos);
            _minutes.Remove(key);
        }

        foreach (var (key, joins) in _joins.Where(minute => minute.Key.Minute.AddMinutes(2) < now).ToList())
        {
            Write("join_minute", key.Instance, key.Server, key.Minute, key.Process, joins);
            _joins.Remove(key);
        }
    }

    /// <summary>Ends every COPY and makes the indexes.</summary>
    public async Task CompleteAsync()
    {
        Over(DateTimeOffset.MaxValue);
        foreach (var copy in _copies.Values) await copy.CompleteAsync();

        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        foreach (var ((tenant, state), count) in _recordings)
        {
            await using var command = new NpgsqlCommand("insert into recording_count (tenant_id, state, recordings) values ($1, $2, $3)", connection)
            {
                Parameters = { new() { Value = tenant }, new() { Value = state }, new() { Value = count } },
            };
            await command.ExecuteNonQueryAsync();
        }

        foreach (var sql in (string[])["set maintenance_work_mem = '1GB'", .. _indexes, "vacuum analyze", "checkpoint"])
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var copy in _copies.Values) await copy.DisposeAsync();
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private MinuteOfPolls MinuteOf(string server, DateTimeOffset at)
    {
        var key = (server, Minute(at));
        if (!_minutes.TryGetValue(key, out var minute)) _minutes[key] = minute = new MinuteOfPolls();
        return minute;
    }

    private async Task CopyAsync(string table, params (string Column, NpgsqlDbType Type)[] columns) =>
        _copies[table] = await TableCopy.BeginAsync(_connectionString, table, columns);

    private async Task DropIndexesAsync()
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        var names = new List<string>();
        await using (var command = new NpgsqlCommand(
            """
            select i.indexname, i.indexdef from pg_indexes i
            where i.schemaname = 'public' and i.tablename = any($1) and not exists (select from pg_constraint c where c.conname = i.indexname)
            """,
            connection)
        { Parameters = { new() { Value = Names } } })
        {
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                names.Add(row.GetString(0));
                _indexes.Add(row.GetString(1));
            }
        }

        foreach (var name in names)
        {
            await using var drop = new NpgsqlCommand($"drop index \"{name}\"", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }

    private sealed class MinuteOfPolls
    {
        public int Polls { get; private set; }

        public int Failed { get; private set; }

        public long? Load { get; private set; }

        public int Meetings { get; private set; }

        public int Users { get; private set; }

        public int Videos { get; private set; }

        public void Add(bool failed, long? load, int meetings, int users, int videos)
        {
            Polls++;
            if (failed) Failed++;
            if (load is not null) Load = Math.Max(Load ?? 0, load.Value);
            (Meetings, Users, Videos) = (Math.Max(Meetings, meetings), Math.Max(Users, users), Math.Max(Videos, videos));
        }
    }
}
