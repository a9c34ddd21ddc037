using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace Scalelite.Bench.History;

/// <summary>
/// Events on their way into <c>mt_events</c> by COPY, as the event store would have appended them; the streams follow when all are written. Keys and
/// indexes of the two tables are made after, under the names that Marten gives them.
/// </summary>
internal sealed class LogCopy : IAsyncDisposable
{
    private const string DropKeys =
        """
        alter table mt_events drop constraint fkey_mt_events_stream_id;
        alter table mt_events drop constraint pkey_mt_events_seq_id;
        drop index pk_mt_events_stream_and_version;
        alter table mt_streams drop constraint pkey_mt_streams_id;
        """;

    private const string MakeKeys =
        """
        set maintenance_work_mem = '1GB';
        alter table mt_streams add constraint pkey_mt_streams_id primary key (id);
        alter table mt_events add constraint pkey_mt_events_seq_id primary key (seq_id);
        create unique index pk_mt_events_stream_and_version on mt_events using btree (stream_id, version);
        alter table mt_events add constraint fkey_mt_events_stream_id foreign key (stream_id) references mt_streams (id) on delete cascade;
        """;

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly string _connectionString;
    private readonly TableCopy _events;
    private readonly Random _random;
    private readonly Dictionary<string, (long Version, DateTimeOffset Created, DateTimeOffset Last)> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, (string Name, string DotNetName)> _types = [];
    private readonly Dictionary<string, string> _headers = new(StringComparer.Ordinal);

    private LogCopy(string connectionString, TableCopy events, Random random) => (_connectionString, _events, _random) = (connectionString, events, random);

    /// <summary>The number of the last event.</summary>
    public long Number { get; private set; }

    /// <summary>Bytes of the events' JSON.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins on empty tables.</summary>
    public static async Task<LogCopy> BeginAsync(string connectionString, Random random)
    {
        await RunAsync(connectionString, DropKeys);
        var events = await TableCopy.BeginAsync(
            connectionString, "mt_events",
            ("seq_id", NpgsqlDbType.Bigint), ("id", NpgsqlDbType.Uuid), ("stream_id", NpgsqlDbType.Varchar), ("version", NpgsqlDbType.Bigint),
            ("data", NpgsqlDbType.Jsonb), ("type", NpgsqlDbType.Varchar), ("timestamp", NpgsqlDbType.TimestampTz), ("mt_dotnet_type", NpgsqlDbType.Varchar),
            ("correlation_id", NpgsqlDbType.Varchar), ("causation_id", NpgsqlDbType.Varchar), ("headers", NpgsqlDbType.Jsonb));
        return new LogCopy(connectionString, events, random);
    }

    /// <summary>Appends an event.</summary>
    /// <returns>Its id.</returns>
    public Guid Append(string stream, object data, DateTimeOffset at, string actor, string? correlation = null, string? causation = null, string? reason = null)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_streams, stream, out var exists);
        known = (known.Version + 1, exists ? known.Created : at, at);
        var type = data.GetType();
        if (!_types.TryGetValue(type, out var names)) _types[type] = names = (NameOf(type), $"{type.FullName}, {type.Assembly.GetName().Name}");
        if (!_headers.TryGetValue(actor + '\0' + reason, out var headers))
            _headers[actor + '\0' + reason] = headers = JsonSerializer.Serialize(reason is null ? new() { ["actor"] = actor } : new Dictionary<string, string> { ["actor"] = actor, ["reason"] = reason });
        var json = JsonSerializer.SerializeToUtf8Bytes(data, type, Json);
        var id = NewId(at);
        _events.Write(++Number, id, stream, known.Version, json, names.Name, at, names.DotNetName, correlation, causation, headers);
        Bytes += json.Length;
        return id;
    }

    /// <summary>A UUID v7 of that moment, the same in every run.</summary>
    public Guid NewId(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        var ms = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++) bytes[i] = (byte)(ms >> (8 * (5 - i)));
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Ends the COPY, writes the streams and makes the keys.</summary>
    public async Task CompleteAsync()
    {
        await _events.CompleteAsync();
        await using (var streams = await TableCopy.BeginAsync(
            _connectionString, "mt_streams",
            ("id", NpgsqlDbType.Varchar), ("version", NpgsqlDbType.Bigint), ("timestamp", NpgsqlDbType.TimestampTz), ("created", NpgsqlDbType.TimestampTz)))
        {
            foreach (var (stream, (version, created, last)) in _streams) streams.Write(stream, version, last, created);
            await streams.CompleteAsync();
        }

        await RunAsync(_connectionString, MakeKeys);
        await RunAsync(_connectionString, $"select setval('mt_events_sequence', {Number})");
    }

    public ValueTask DisposeAsync() => _events.DisposeAsync();

    private static string NameOf(Type type)
    {
        var name = new StringBuilder();
        foreach (var c in type.Name)
        {
            if (char.IsUpper(c) && name.Length > 0) name.Append('_');
            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
