using Npgsql;

namespace Scalelite.EventStore.Sessions;

/// <summary>SQL that waits for the session to be saved, or that projections ask for while it is.</summary>
internal sealed class QueuedCommands : IDocumentOperations
{
    private readonly List<(SqlText Sql, object[] Values)> _commands = [];

    public int Count => _commands.Count;

    public void QueueSqlCommand(string sql, params object[] parameterValues)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(parameterValues);
        var text = SqlText.Of(sql);
        if (text.Placeholders != parameterValues.Length)
            throw new ArgumentException($"{text.Placeholders} placeholders, {parameterValues.Length} values: {sql}", nameof(parameterValues));
        _commands.Add((text, parameterValues));
    }

    public void AddTo(NpgsqlBatch batch)
    {
        foreach (var (sql, values) in _commands)
        {
            var command = new NpgsqlBatchCommand(sql.Text);
            foreach (var value in values) command.Parameters.Add(SqlParameter.Of(value));
            batch.BatchCommands.Add(command);
        }
    }

    public void Clear() => _commands.Clear();
}
