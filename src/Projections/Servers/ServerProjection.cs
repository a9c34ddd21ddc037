using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Servers;

/// <summary>Fills <c>server</c>: a row changes by its own stream alone.</summary>
public sealed class ServerProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            Apply(operations, @event.Data);
        }

        return Task.CompletedTask;
    }

    private static void Apply(IDocumentOperations operations, object @event)
    {
        switch (@event)
        {
            case ServerRegistered e:
                operations.QueueSqlCommand(
                    """
                    insert into server (id, url, host, secret_fingerprint, load_multiplier, tag, registered_at, end_relay_since)
                    values (?, ?, ?, ?, ?, ?::text, ?, ?)
                    """,
                    e.ServerId, e.Url, new Uri(e.Url).Host, e.SecretFingerprint, e.LoadMultiplier, OrNull(e.Tag), e.At.ToUniversalTime(), e.At.ToUniversalTime());
                break;
            case ServerEnabled e:
                operations.QueueSqlCommand(
                    "update server set state = 'enabled', end_relay_since = ? where id = ?", e.At.ToUniversalTime(), e.ServerId);
                break;
            case ServerCordoned e:
                SetState(operations, e.ServerId, "cordoned");
                break;
            case ServerDrained e:
                SetState(operations, e.ServerId, "disabled");
                break;
            case ServerDisabled e:
                SetState(operations, e.ServerId, "disabled");
                break;
            case ServerPanicked { KeepState: false } e:
                SetState(operations, e.ServerId, "disabled");
                break;
            case ServerRemoved e:
                operations.QueueSqlCommand("delete from server where id = ?", e.ServerId);
                break;
            case ServerUrlChanged e:
                operations.QueueSqlCommand("update server set url = ?, host = ? where id = ?", e.Url, new Uri(e.Url).Host, e.ServerId);
                break;
            case ServerTagged e:
                operations.QueueSqlCommand("update server set tag = ?::text where id = ?", OrNull(e.Tag), e.ServerId);
                break;
            case LoadMultiplierChanged e:
                operations.QueueSqlCommand("update server set load_multiplier = ? where id = ?", e.LoadMultiplier, e.ServerId);
                break;
            case ServerCapacityChanged e:
                operations.QueueSqlCommand("update server set capacity = ?::int where id = ?", e.Users is { } users ? users : DBNull.Value, e.ServerId);
                break;
            case SecretRotated e:
                operations.QueueSqlCommand("update server set secret_fingerprint = ? where id = ?", e.SecretFingerprint, e.ServerId);
                break;
            case ServerSuspected e:
                operations.QueueSqlCommand("update server set health = 'suspect' where id = ?", e.ServerId);
                break;
            case ServerWentOffline e:
                operations.QueueSqlCommand(
                    "update server set health = 'offline', offline_since = ? where id = ?", e.At.ToUniversalTime(), e.ServerId);
                break;
            case ServerCameOnline e:
                operations.QueueSqlCommand("update server set health = 'online', offline_since = null where id = ?", e.ServerId);
                break;
            case ServerEndCallbacksPassed e:
                operations.QueueSqlCommand("update server set end_relay_since = null where id = ?", e.ServerId);
                break;
            case ServerVersionSeen e:
                operations.QueueSqlCommand("update server set bbb_version = ? where id = ?", e.Version, e.ServerId);
                break;
        }
    }

    private static void SetState(IDocumentOperations operations, string serverId, string state) =>
        operations.QueueSqlCommand("update server set state = ? where id = ?", state, serverId);

    private static object OrNull(string? value) => value ?? (object)DBNull.Value;
}
