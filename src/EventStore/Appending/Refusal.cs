using Npgsql;

namespace Scalelite.EventStore.Appending;

/// <summary>Tells which of Marten's constraints refused an append, and so why.</summary>
internal static class Refusal
{
    /// <summary>The exception that the failure means; null if it did not come from the append.</summary>
    /// <param name="failure">What PostgreSQL said.</param>
    /// <param name="batch">The batch that failed.</param>
    /// <param name="streams">The streams that its first commands are about, in order; the commands after them insert the events.</param>
    /// <param name="commands">How many commands at the head of the batch are the append.</param>
    public static Exception? Of(PostgresException failure, NpgsqlBatch batch, StreamAction[] streams, int commands)
    {
        var failed = FirstUnanswered(batch);
        if (failed >= commands) return null;
        return failed < streams.Length ? OfStream(failure, streams[failed]) : OfEvents(failure, batch, streams);
    }

    private static Exception? OfStream(PostgresException failure, StreamAction stream) => failure switch
    {
        { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_mt_streams_id" } when stream.Starts =>
            new ExistingStreamIdCollisionException(stream.Key, failure),
        { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_mt_streams_id" } =>
            new EventStreamUnexpectedMaxEventIdException(stream.Key, stream.To!.Value, failure),
        { SqlState: PostgresErrorCodes.NotNullViolation, TableName: "mt_streams", ColumnName: "created" } =>
            new InvalidStreamOperationException(stream.Key, failure),
        { SqlState: PostgresErrorCodes.NotNullViolation, TableName: "mt_streams", ColumnName: "timestamp" } =>
            new EventStreamUnexpectedMaxEventIdException(stream.Key, stream.To!.Value, failure),
        _ => null,
    };

    // A stream that does not exist at all is updated nowhere, and missed by the foreign key of its events. The unique key of stream
    // and version is the last line of defence: it is reached only if mt_streams and mt_events disagree.
    private static EventStreamUnexpectedMaxEventIdException? OfEvents(PostgresException failure, NpgsqlBatch batch, StreamAction[] streams)
    {
        if (failure.ConstraintName is not ("fkey_mt_events_stream_id" or "pk_mt_events_stream_and_version")) return null;
        var stream = streams.Where((_, i) => batch.BatchCommands[i].RecordsAffected == 0).FirstOrDefault() ?? streams[0];
        return new(stream.Key, stream.To ?? stream.Events.Count, failure);
    }

    // Npgsql names the failed command of a batch only where the connection string asks for it; the answered ones know what they were.
    private static int FirstUnanswered(NpgsqlBatch batch)
    {
        var i = 0;
        while (i < batch.BatchCommands.Count && batch.BatchCommands[i].StatementType != StatementType.Unknown) i++;
        return i;
    }
}
