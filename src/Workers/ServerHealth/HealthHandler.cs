using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Servers;

namespace Scalelite.Workers.ServerHealth;

/// <summary>What polls and calls show of a server. A message that a later poll has overtaken changes nothing.</summary>
public static class HealthHandler
{
    /// <summary>An online server becomes suspect: it gets no new meetings until its next good poll.</summary>
    public static Task Handle(SuspectServer suspect, IDocumentSession session, TimeProvider time, CancellationToken cancellation) =>
        session.DecideAsync<Server>(Streams.Server(suspect.ServerId), server => server.Suspect(suspect.Reason, time.GetUtcNow()), cancellation);

    /// <summary>The server is offline, unless its last poll was good. Its meetings stay where they are.</summary>
    public static async Task Handle(
        TakeServerOffline offline, IDocumentSession session, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellation)
    {
        if (!await LastPollFailedAsync(database, offline.ServerId, cancellation)) return;
        await session.DecideAsync<Server>(Streams.Server(offline.ServerId), server => server.GoOffline(offline.Reason, time.GetUtcNow()), cancellation);
    }

    /// <summary>The server is online, unless its last poll failed.</summary>
    public static async Task Handle(
        BringServerOnline online, IDocumentSession session, NpgsqlDataSource database, TimeProvider time, CancellationToken cancellation)
    {
        if (await LastPollFailedAsync(database, online.ServerId, cancellation)) return;
        await session.DecideAsync<Server>(Streams.Server(online.ServerId), server => server.ComeOnline(time.GetUtcNow()), cancellation);
    }

    /// <summary>The server's version of BigBlueButton, where it is another than before.</summary>
    public static Task Handle(SeeServerVersion seen, IDocumentSession session, TimeProvider time, CancellationToken cancellation) =>
        session.DecideAsync<Server>(Streams.Server(seen.ServerId), server => server.SeeVersion(seen.Version, time.GetUtcNow()), cancellation);

    private static async Task<bool> LastPollFailedAsync(NpgsqlDataSource database, string serverId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select failures > 0 from server_load where server_id = $1");
        command.Parameters.AddWithValue(serverId);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
