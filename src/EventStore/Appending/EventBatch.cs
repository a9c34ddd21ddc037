using Npgsql;
using NpgsqlTypes;
using Scalelite.EventStore.Types;

namespace Scalelite.EventStore.Appending;

/// <summary>
/// The commands that append a session's events: first those for the streams, then those for the events. What must be refused violates
/// a constraint of Marten's tables, so that the batch ends itself and needs no answer before it goes on.
/// </summary>
internal static class EventBatch
{
    // So many are faster as commands of their own than as arrays that are unnested (bench: append --events).
    private const int FewEvents = 4;

    private const string StartStream =
        "insert into mt_streams (id, version) values ($1, $2)";

    // The upsert locks the row, so writers that expect nothing queue up here and each sees the version that the one before left.
    // A null in "created" violates its not-null constraint: that is how an archived stream refuses.
    private const string AppendAnywhere =
        """
        insert into mt_streams as s (id, version) values ($1, $2)
        on conflict (id) do update set version = s.version + excluded.version, timestamp = now(),
                                       created = case when not s.is_archived then s.created end
        """;

    // After waiting for another writer PostgreSQL computes this again on the row that it left: a null in "timestamp" refuses the version.
    private const string AppendAtVersion =
        """
        update mt_streams set version = $2, timestamp = case when version = $3 or is_archived then now() end,
                              created = case when not is_archived then created end
        where id = $1
        """;

    private const string Columns =
        "seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers";

    // The version is given, or counted back from the one that the stream has got by the command before.
    private const string InsertEvent =
        $"""
        insert into mt_events ({Columns})
        values (nextval('mt_events_sequence'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string InsertEventAnywhere =
        $"""
        insert into mt_events ({Columns})
        values (nextval('mt_events_sequence'), $1, $2, (select version from mt_streams where id = $2) - $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string InsertEvents =
        $"""
        insert into mt_events ({Columns})
        select nextval('mt_events_sequence'), e.id, e.stream,
               coalesce(e.version, (select s.version from mt_streams s where s.id = e.stream) - e.back), e.data, e.type, $7, e.dotnet_type, $8, $9, $10
        from unnest($1, $2, $3, $4, $5, $6, $11) as e (id, stream, version, data, type, dotnet_type, back)
        """;

    /// <summary>
    /// Adds the commands. Streams are locked in the order of their keys, whatever the order of the appends, so that sessions that
    /// append to the same streams do not deadlock; events keep the order of the appends.
    /// </summary>
    /// <returns>The streams that the first commands are about, one each; those for the events come after them.</returns>
    public static StreamAction[] AddTo(NpgsqlBatch batch, IReadOnlyList<StreamAction> actions, int events)
    {
        var streams = actions.Count == 1 ? [actions[0]] : actions.OrderBy(a => a.Key, StringComparer.Ordinal).ToArray();
        foreach (var action in streams) batch.BatchCommands.Add(StreamCommand(action));
        if (events > FewEvents)
        {
            batch.BatchCommands.Add(AllEvents(actions, events));
            return streams;
        }

        foreach (var action in actions)
        {
            for (var n = 0; n < action.Events.Count; n++) batch.BatchCommands.Add(OneEvent(action, n));
        }

        return streams;
    }

    private static NpgsqlBatchCommand StreamCommand(StreamAction action)
    {
        var command = new NpgsqlBatchCommand(action.From switch { null => AppendAnywhere, 0 => StartStream, _ => AppendAtVersion });
        command.Parameters.Add(Varchar(action.Key));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = action.To ?? action.Events.Count });
        if (action.From > 0) command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = action.From.Value });
        return command;
    }

    private static NpgsqlBatchCommand OneEvent(StreamAction action, int n)
    {
        var e = action.Events[n];
        return new(action.From is null ? InsertEventAnywhere : InsertEvent)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = e.Id },
                Varchar(e.StreamKey),
                new NpgsqlParameter<long> { TypedValue = action.From is null ? Back(action, n) : e.Version },
                Jsonb(EventJson.Write(e.Data)),
                Varchar(e.EventTypeName),
                Time(e.Timestamp),
                Varchar(e.Type.DotNetName),
                Varchar(e.CorrelationId),
                Varchar(e.CausationId),
                Jsonb(HeadersOf(e)),
            },
        };
    }

    private static NpgsqlBatchCommand AllEvents(IReadOnlyList<StreamAction> actions, int count)
    {
        var ids = new Guid[count];
        var (streams, data, types, dotNetTypes) = (new string[count], new string[count], new string[count], new string[count]);
        var (versions, backs) = (new long?[count], new long[count]);
        var i = 0;
        foreach (var action in actions)
        {
            for (var n = 0; n < action.Events.Count; n++, i++)
            {
                var e = action.Events[n];
                (ids[i], streams[i], data[i], types[i], dotNetTypes[i]) = (e.Id, action.Key, EventJson.Write(e.Data), e.EventTypeName, e.Type.DotNetName);
                versions[i] = action.From is null ? null : e.Version;
                backs[i] = Back(action, n);
            }
        }

        var first = actions[0].Events[0];
        return new(InsertEvents)
        {
            Parameters =
            {
                Array(ids, NpgsqlDbType.Uuid),
                Array(streams, NpgsqlDbType.Varchar),
                Array(versions, NpgsqlDbType.Bigint),
                Array(data, NpgsqlDbType.Jsonb),
                Array(types, NpgsqlDbType.Varchar),
                Array(dotNetTypes, NpgsqlDbType.Varchar),
                Time(first.Timestamp),
                Varchar(first.CorrelationId),
                Varchar(first.CausationId),
                Jsonb(HeadersOf(first)),
                Array(backs, NpgsqlDbType.Bigint),
            },
        };
    }

    // How many events of this append come after this one.
    private static long Back(StreamAction action, int n) => action.Events.Count - 1 - n;

    private static string? HeadersOf(StoredEvent e) => e.Headers is null ? null : EventJson.Write(e.Headers);

    private static NpgsqlParameter Varchar(string? value) => OrNull(value, NpgsqlDbType.Varchar);

    private static NpgsqlParameter Jsonb(string? json) => OrNull(json, NpgsqlDbType.Jsonb);

    private static NpgsqlParameter OrNull(string? value, NpgsqlDbType type) => value is null
        ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type }
        : new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = type };

    private static NpgsqlParameter<DateTimeOffset> Time(DateTimeOffset at) =>
        new NpgsqlParameter<DateTimeOffset> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<T[]> Array<T>(T[] values, NpgsqlDbType element) =>
        new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | element };
}
