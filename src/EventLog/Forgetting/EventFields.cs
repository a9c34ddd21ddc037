using Npgsql;
using Scalelite.Domain.Keeping;

namespace Scalelite.EventLog.Forgetting;

/// <summary>Overwrites what may tell of a person in stored events, in the caller's transaction.</summary>
public static class EventFields
{
    private static readonly string[] Statements = [.. ForgettableFields.ByType.Select(type => Statement(type.Key, type.Value))];

    /// <summary>The names of the fields, by the stored name of the event's type.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Names { get; } =
        ForgettableFields.ByType.ToDictionary(type => type.Key, IReadOnlyList<string> (type) => [.. type.Value.Select(field => field.Name)]);

    /// <summary>Keeps writers from these streams until the transaction ends, so that no event comes in between.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, IReadOnlyCollection<string> streams, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand("select from mt_streams where id = any($1) order by id collate \"C\" for update", connection)
        {
            Parameters = { new() { Value = streams.ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Overwrites the fields with null where they are not yet.</summary>
    /// <returns>The events that changed, in order of number, with the digests of their data before and after.</returns>
    public static async Task<IReadOnlyList<ForgottenEvent>> ForgetAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> streams, CancellationToken cancellation = default)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in Statements)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement) { Parameters = { new() { Value = streams.ToArray() } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var forgotten = new List<ForgottenEvent>();
        do
        {
            while (await rows.ReadAsync(cancellation))
                forgotten.Add(new ForgottenEvent(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<string[]>(2), rows.GetString(3), rows.GetString(4)));
        }
        while (await rows.NextResultAsync(cancellation));

        return [.. forgotten.OrderBy(e => e.Number)];
    }

    private static string Statement(string type, IReadOnlyList<ForgettableField> fields)
    {
        var names = string.Join(", ", fields.Select(field => $"case when {field.IsThere} then '{field.Name}' end"));
        var without = fields.Aggregate("data", (data, field) => $"case when {field.IsThere} then {field.Without(data)} else {data} end");
        return
            $"""
            with was as (
                select seq_id, data::text as was, array_remove(array[{names}], null) as fields
                from mt_events where stream_id = any($1) and type = '{type}' and ({string.Join(" or ", fields.Select(field => field.IsThere))})
            ), changed as (
                update mt_events e set data = {without} from was where e.seq_id = was.seq_id
                returning e.stream_id, e.seq_id, was.fields, was.was, e.data::text as became
            )
            select stream_id, seq_id, fields, encode(sha256(convert_to(was, 'UTF8')), 'hex'), encode(sha256(convert_to(became, 'UTF8')), 'hex') from changed
            """;
    }
}
