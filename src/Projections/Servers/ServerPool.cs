using Npgsql;
using Scalelite.Domain.Placement;
using Scalelite.EventLog;

namespace Scalelite.Projections.Servers;

/// <summary>Reads the pool: servers, their state, health and load.</summary>
public sealed class ServerPool(NpgsqlDataSource database)
{
    private static readonly string LoadSql = SqlScript.Read(typeof(ServerPool).Assembly, "Placement.pool_load.sql").Sql;

    /// <summary>Every server with its load, in order of registration.</summary>
    /// <param name="minimumUsers">LOAD_MIN_USER_COUNT.</param>
    /// <param name="youngSince">Now less LOAD_JOIN_BUFFER_TIME.</param>
    public async Task<IReadOnlyList<LoadedServer>> ListAsync(int minimumUsers, DateTimeOffset youngSince, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { LoadCommand(minimumUsers, youngSince) } };
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        return await ReadAsync(rows, cancellation);
    }

    /// <summary>One server, or null.</summary>
    public async Task<PoolServer?> FindAsync(string serverId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select id, url, secret_fingerprint, state, health, offline_since from server where id = $1");
        command.Parameters.AddWithValue(serverId);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? PoolServer.Read(row, 0) : null;
    }

    /// <summary>Every server, in order of registration.</summary>
    public async Task<IReadOnlyList<PoolServer>> ListAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select id, url, secret_fingerprint, state, health, offline_since from server order by registered_at, id");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var servers = new List<PoolServer>();
        while (await rows.ReadAsync(cancellation))
        {
            servers.Add(PoolServer.Read(rows, 0));
        }

        return servers;
    }

    /// <summary>The statement that reads all loads, to be put into a batch; its rows are read by <see cref="ReadAsync"/>.</summary>
    public static NpgsqlBatchCommand LoadCommand(int minimumUsers, DateTimeOffset youngSince) => new(LoadSql)
    {
        Parameters = { new() { Value = minimumUsers }, new() { Value = youngSince.ToUniversalTime() } },
    };

    /// <summary>Reads the rows of <see cref="LoadCommand"/>.</summary>
    public static async Task<IReadOnlyList<LoadedServer>> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        var servers = new List<LoadedServer>();
        while (await rows.ReadAsync(cancellation))
        {
            var server = PoolServer.Read(rows, 0);
            var tag = rows.IsDBNull(6) ? null : rows.GetString(6);
            var load = new ServerLoad(
                server.Id, tag, rows.GetDecimal(7), rows.GetInt32(17), rows.GetInt64(18), rows.GetInt64(19), rows.GetInt64(20), rows.GetInt64(21),
                rows.IsDBNull(9) ? null : rows.GetFieldValue<DateTimeOffset>(9));
            servers.Add(new LoadedServer(
                server,
                load,
                rows.IsDBNull(8) ? null : rows.GetString(8),
                rows.GetInt64(11),
                rows.IsDBNull(12) ? null : rows.GetFieldValue<DateTimeOffset>(12),
                rows.GetInt32(10),
                rows.IsDBNull(13) ? null : rows.GetString(13),
                rows.GetInt32(14),
                rows.GetInt32(15),
                rows.GetInt32(16),
                rows.IsDBNull(22) ? null : rows.GetInt32(22)));
        }

        return servers;
    }
}
