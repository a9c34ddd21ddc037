using System.Data;
using System.Text;
using Npgsql;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore.Reading;

/// <summary>Reads streams, on a connection of its own or inside the caller's transaction.</summary>
internal sealed class StreamQueries(NpgsqlDataSource database, NpgsqlTransaction? transaction, EventTypes types)
{
    private const string SelectEvents =
        """
        select seq_id, id, version, data, type, timestamp, correlation_id, causation_id, headers
        from mt_events where stream_id = $1 and not is_archived
        """;

    private const string SelectState =
        "select version, timestamp, created, is_archived from mt_streams where id = $1";

    /// <summary>The events of a stream in order of version, up to a version and a time and from a version on where these are given.</summary>
    public async Task<List<IEvent>> EventsAsync(
        string stream, long version, DateTimeOffset? timestamp, long fromVersion, CancellationToken cancellation)
    {
        var sql = new StringBuilder(SelectEvents);
        await using var command = Command();
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream });
        if (version > 0) Where("version <= ", new NpgsqlParameter<long> { TypedValue = version });
        if (fromVersion > 0) Where("version >= ", new NpgsqlParameter<long> { TypedValue = fromVersion });
        if (timestamp is { } at) Where("timestamp <= ", new NpgsqlParameter<DateTimeOffset> { TypedValue = at.ToUniversalTime() });
        command.CommandText = sql.Append(" order by version").ToString();

        var events = new List<IEvent>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) events.Add(Event(row, stream));
        return events;

        void Where(string condition, NpgsqlParameter value)
        {
            command.Parameters.Add(value);
            sql.Append(" and ").Append(condition).Append('$').Append(command.Parameters.Count);
        }
    }

    /// <summary>The stream's row, archived or not; null if there is none.</summary>
    public async Task<StreamState?> StateAsync(string stream, CancellationToken cancellation)
    {
        await using var command = Command();
        command.CommandText = SelectState;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream });
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        return await row.ReadAsync(cancellation)
            ? new StreamState(stream, row.GetInt64(0), Time(row, 1), Time(row, 2), row.GetBoolean(3))
            : null;
    }

    private StoredEvent Event(NpgsqlDataReader row, string stream)
    {
        var sequence = row.GetInt64(0);
        var type = types.Named(row.GetString(4), sequence);
        var stored = type.Wrap(EventJson.Read(row.GetFieldValue<byte[]>(3), type.DotNetType), stream, sequence);
        stored.Id = row.GetGuid(1);
        stored.Version = row.GetInt64(2);
        stored.Timestamp = Time(row, 5);
        stored.CorrelationId = row.IsDBNull(6) ? null : row.GetString(6);
        stored.CausationId = row.IsDBNull(7) ? null : row.GetString(7);
        stored.Headers = row.IsDBNull(8) ? null : EventJson.ReadHeaders(row.GetFieldValue<byte[]>(8));
        return stored;
    }

    private static DateTimeOffset Time(NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    private NpgsqlCommand Command() => transaction is null
        ? database.CreateCommand()
        : new NpgsqlCommand { Connection = transaction.Connection, Transaction = transaction };
}
