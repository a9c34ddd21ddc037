using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Placement;

namespace Scalelite.Workers.Servers;

/// <summary>
/// What operators do with servers, for the command line and the admin API alike. Each loads, decides, appends; who lost a race against
/// another writer decides anew.
/// </summary>
public sealed class ServerOperations(
    IDocumentStore store, NpgsqlDataSource database, SecretVault vault, IMessageBus bus, Settings settings, TimeProvider time)
{
    private const int Tries = 8;

    /// <summary>Adds a server, disabled. Its id is a UUID, or its host name with SERVER_ID_IS_HOSTNAME.</summary>
    /// <param name="url">The node's API base.</param>
    /// <param name="tag">Null or blank: untagged.</param>
    /// <param name="serverId">An id that the operator chose; null makes one.</param>
    public async Task<ServerOutcome> RegisterAsync(
        string url, string secret, decimal loadMultiplier, string? tag, ChangedBy by, CancellationToken cancellation, string? serverId = null)
    {
        if (ServerAddress.Normalize(url) is not { } address)
            return new ServerOutcome.Refused($"'{url}' is not a URL that starts with http:// or https://");
        if (string.IsNullOrWhiteSpace(secret)) return new ServerOutcome.Refused("A server needs a secret");
        if (await FindByUrlAsync(address, cancellation) is { } holder) return new ServerOutcome.Refused($"Server {holder} has the URL {address}");

        var id = serverId ?? (settings.Nodes.ServerIdIsHostName ? ServerAddress.HostOf(address) : Guid.NewGuid().ToString());
        return await RetryAsync(async () =>
        {
            await using var session = Session(by, "servers add");
            var (server, version) = await LoadAsync(session, id, cancellation);
            if (server is { Removed: false }) return new ServerOutcome.Refused($"Server {id} is in the pool already");
            var number = await vault.NextNumberAsync(id, NodeSecrets.Kind, cancellation);
            var @sealed = vault.Seal(id, NodeSecrets.Kind, number, secret);
            var decision = Server.Register(id, address, @sealed.Fingerprint, loadMultiplier, tag, time.GetUtcNow());
            if (decision.Refusal is { } why) return new ServerOutcome.Refused(why);
            Queue(session, SecretVault.Rotate(@sealed, time.GetUtcNow() + settings.Security.RetiredSecrets));
            if (server is null) session.Events.StartStream(Streams.Server(id), [.. decision.Events]);
            else session.Events.Append(Streams.Server(id), version + decision.Events.Count, [.. decision.Events]);
            await session.SaveChangesAsync(cancellation);
            return new ServerOutcome.Done(id);
        });
    }

    /// <summary>Lets it take meetings, once it is online.</summary>
    public Task<ServerOutcome> EnableAsync(string serverId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(serverId, by, "servers enable", (server, at) => server.Enable(at), cancellation);

    /// <summary>Drains it: no new meetings; it is disabled when its last one is gone.</summary>
    public Task<ServerOutcome> CordonAsync(string serverId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(serverId, by, "servers cordon", (server, at) => server.Cordon(at), cancellation);

    /// <summary>Disables it; its meetings are not joined any more.</summary>
    public Task<ServerOutcome> DisableAsync(string serverId, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(serverId, by, "servers disable", (server, at) => server.Disable(at), cancellation);

    /// <summary>Says how many users it is meant for; null takes that back.</summary>
    public Task<ServerOutcome> ChangeCapacityAsync(string serverId, int? users, ChangedBy by, CancellationToken cancellation) =>
        DecideAsync(serverId, by, "servers capacity", (server, at) => server.ChangeCapacity(users, at), cancellation);

    /// <summary>Changes its URL, secret, multiplier, tag and state, all or nothing. The old secret stays valid for RETIRED_SECRET_DAYS.</summary>
    public Task<ServerOutcome> UpdateAsync(string serverId, ServerChange change, ChangedBy by, CancellationToken cancellation)
    {
        if (change.Secret is not null && string.IsNullOrWhiteSpace(change.Secret))
            return Task.FromResult<ServerOutcome>(new ServerOutcome.Refused("A server's secret cannot be empty"));
        return RetryAsync(async () =>
        {
            await using var session = Session(by, "servers update");
            var (server, version) = await LoadAsync(session, serverId, cancellation);
            if (server is null or { Removed: true }) return new ServerOutcome.Unknown(serverId);
            by.Expect(version);
            var at = time.GetUtcNow();
            var decisions = new List<Decision>();
            if (change.Url is { } url)
            {
                if (ServerAddress.Normalize(url) is { } address && await FindByUrlAsync(address, cancellation) is { } holder && holder != serverId)
                    return new ServerOutcome.Refused($"Server {holder} has the URL {address}");
                decisions.Add(server.ChangeUrl(url, at));
            }

            if (change.LoadMultiplier is { } multiplier) decisions.Add(server.ChangeMultiplier(multiplier, at));
            if (change.Tag is { } tag) decisions.Add(server.ChangeTag(tag, at));
            if (change.Secret is { } secret)
            {
                var number = await vault.NextNumberAsync(serverId, NodeSecrets.Kind, cancellation);
                var @sealed = vault.Seal(serverId, NodeSecrets.Kind, number, secret);
                var rotation = server.RotateSecret(@sealed.Fingerprint, at);
                if (rotation.Events.Count > 0) Queue(session, SecretVault.Rotate(@sealed, at + settings.Security.RetiredSecrets));
                decisions.Add(rotation);
            }

            if (change.State is { } state)
            {
                decisions.Add(state switch
                {
                    AdministrativeState.Enabled => server.Enable(at),
                    AdministrativeState.Cordoned => server.Cordon(at),
                    AdministrativeState.Disabled => server.Disable(at),
                    _ => throw new ArgumentOutOfRangeException(nameof(change), state, null),
                });
            }

            if (decisions.Select(decision => decision.Refusal).FirstOrDefault(refusal => refusal is not null) is { } why)
                return new ServerOutcome.Refused(why);
            Append(session, serverId, version, [.. decisions.SelectMany(decision => decision.Events)]);
            await session.SaveChangesAsync(cancellation);
            return new ServerOutcome.Done(serverId);
        });
    }

    /// <summary>Gives its meetings up, whatever its node says, and disables it unless its state is to be kept.</summary>
    /// <param name="skipEndCalls">The node is not asked to end them.</param>
    public Task<ServerOutcome> PanicAsync(string serverId, bool keepState, bool skipEndCalls, ChangedBy by, CancellationToken cancellation) =>
        GiveUpAsync(
            serverId, by, "servers panic", EndLearned.ServerPanicked, skipEndCalls,
            (server, meetings, at) => server.Panic(keepState, meetings, at), cancellation);

    /// <summary>Takes it out of the pool. With meetings on it only by force; they end with it.</summary>
    public Task<ServerOutcome> RemoveAsync(string serverId, bool force, ChangedBy by, CancellationToken cancellation) =>
        GiveUpAsync(
            serverId, by, "servers remove", EndLearned.ServerRemoved, skipEndCalls: false,
            (server, meetings, at) => server.Remove(meetings, force, at), cancellation);

    private Task<ServerOutcome> DecideAsync(
        string serverId, ChangedBy by, string command, Func<Server, DateTimeOffset, Decision> decide, CancellationToken cancellation) =>
        RetryAsync(async () =>
        {
            await using var session = Session(by, command);
            var (server, version) = await LoadAsync(session, serverId, cancellation);
            if (server is null or { Removed: true }) return new ServerOutcome.Unknown(serverId);
            by.Expect(version);
            var decision = decide(server, time.GetUtcNow());
            if (decision.Refusal is { } why) return new ServerOutcome.Refused(why);
            Append(session, serverId, version, decision.Events);
            await session.SaveChangesAsync(cancellation);
            return new ServerOutcome.Done(serverId);
        });

    private Task<ServerOutcome> GiveUpAsync(
        string serverId,
        ChangedBy by,
        string command,
        EndLearned how,
        bool skipEndCalls,
        Func<Server, int, DateTimeOffset, Decision> decide,
        CancellationToken cancellation) =>
        RetryAsync(async () =>
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await PlacementLock.TakeAsync(transaction, cancellation);
            await using var session = Session(by, command, SessionOptions.ForTransaction(transaction));
            var (server, version) = await LoadAsync(session, serverId, cancellation);
            if (server is null or { Removed: true }) return new ServerOutcome.Unknown(serverId);
            by.Expect(version);
            var meetings = await GivenUpMeetings.ReadAsync(serverId, transaction, cancellation);
            var at = time.GetUtcNow();
            var decision = decide(server, meetings.Count, at);
            if (decision.Refusal is { } why) return new ServerOutcome.Refused(why);

            meetings.End(session, serverId, how, at);
            if (how == EndLearned.ServerRemoved)
            {
                meetings.ForgetCopies(session, serverId, at);
                Queue(session, [SecretVault.Retire(serverId, NodeSecrets.Kind, at + settings.Security.RetiredSecrets)]);
            }

            Append(session, serverId, version, decision.Events);
            await session.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            if (!skipEndCalls)
            {
                foreach (var call in meetings.EndCalls(serverId, server.Url)) await bus.PublishAsync(call);
            }

            return new ServerOutcome.Done(serverId, meetings.Count);
        });

    private static void Append(IDocumentSession session, string serverId, long version, IReadOnlyList<object> events)
    {
        if (events.Count > 0) session.Events.Append(Streams.Server(serverId), version + events.Count, [.. events]);
    }

    private static void Queue(IDocumentSession session, IEnumerable<QueuedSql> statements)
    {
        foreach (var (sql, values) in statements) session.QueueSqlCommand(sql, values);
    }

    private static async Task<(Server? Server, long Version)> LoadAsync(IDocumentSession session, string serverId, CancellationToken cancellation)
    {
        if (!ServerAddress.IsId(serverId)) return (null, 0);
        var stream = Streams.Server(serverId);
        var state = await session.Events.FetchStreamStateAsync(stream, cancellation);
        return state is null
            ? (null, 0)
            : (await session.Events.AggregateStreamAsync<Server>(stream, version: state.Version, token: cancellation), state.Version);
    }

    private static async Task<ServerOutcome> RetryAsync(Func<Task<ServerOutcome>> attempt)
    {
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (left > 0 && LostRace(e))
            {
                // Another writer was first: load and decide again.
            }
        }
    }

    private static bool LostRace(Exception? exception) => exception switch
    {
        null => false,
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException => true,
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UniqueViolation } => true,
        _ => LostRace(exception.InnerException),
    };

    private IDocumentSession Session(ChangedBy by, string command, SessionOptions? options = null)
    {
        var session = options is null ? store.LightweightSession() : store.LightweightSession(options);
        session.SignedBy(by, command);
        return session;
    }

    private async Task<string?> FindByUrlAsync(string url, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select id from server where url = $1");
        command.Parameters.AddWithValue(url);
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }
}
