namespace Scalelite.Messaging.Sending;

/// <summary>Envelopes as arrays, one for each column, for one insert of all of them.</summary>
internal readonly record struct EnvelopeColumns(
    Guid[] Ids, string[] Types, string[] Bodies, long[] At, long[] Delays, string?[] CorrelationIds, string?[] CausationIds)
{
    /// <summary>Inserts the rows that come from <c>unnest</c> under the alias <c>sent</c>; what may follow is a <c>where</c>.</summary>
    public const string InsertFrom =
        """
        insert into message (id, type, body, due_at, correlation_id, causation_id)
        select sent.id, sent.type, sent.body::jsonb,
               case when sent.at >= 0 then 'epoch'::timestamptz + sent.at * interval '1 microsecond' else now() + sent.delay * interval '1 microsecond' end,
               sent.correlation_id, sent.causation_id
        from 
        """;

    /// <summary>For <c>QueueSqlCommand</c>, which takes <c>?</c> as placeholder.</summary>
    public const string QueuedInsert = InsertFrom
        + "unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[]) sent(id, type, body, at, delay, correlation_id, causation_id)";

    public static EnvelopeColumns Of(IReadOnlyList<Envelope> envelopes)
    {
        var columns = new EnvelopeColumns(
            new Guid[envelopes.Count], new string[envelopes.Count], new string[envelopes.Count], new long[envelopes.Count],
            new long[envelopes.Count], new string?[envelopes.Count], new string?[envelopes.Count]);
        for (var i = 0; i < envelopes.Count; i++)
        {
            var envelope = envelopes[i];
            columns.Ids[i] = envelope.Id;
            columns.Types[i] = envelope.Type;
            columns.Bodies[i] = envelope.Body;
            columns.At[i] = envelope.AtMicroseconds;
            columns.Delays[i] = envelope.DelayMicroseconds;
            columns.CorrelationIds[i] = envelope.CorrelationId;
            columns.CausationIds[i] = envelope.CausationId;
        }

        return columns;
    }

    /// <summary>The columns in the order of the placeholders.</summary>
    public object[] Values() => [Ids, Types, Bodies, At, Delays, CorrelationIds, CausationIds];
}
