using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.EventLog;
using Scalelite.Projections.Hooks;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Hooks;

/// <summary>
/// Keeps the nodes' hooks as the pool's are: a server's are compared when hooks changed, when it joins or comes back, and once a minute, for a node
/// drops a hook whose target did not answer for a while. One instance at a time is at a server. Without hooks no server is asked.
/// </summary>
internal sealed partial class HookSync(
    NpgsqlDataSource database,
    KnownHooks hooks,
    ServerPool pool,
    NodeSecrets secrets,
    NodeHooks nodes,
    CallbackMac mac,
    SecretVault vault,
    Settings settings,
    TimeProvider time,
    ILogger<HookSync> log) : BackgroundService
{
    private const string ClaimSql =
        """
        insert into hook_sync as h (server_id, due_at)
        select s.id, $1 + interval '1 minute' from server s
        where s.health <> 'offline'
          and (exists (select from hook where destroyed_at is null) or exists (select from hook_sync d where d.server_id = s.id and d.due_at = '-infinity'))
        on conflict (server_id) do update set due_at = excluded.due_at where h.due_at <= $1
        returning server_id
        """;

    /// <summary>A node without webhooks is asked again after this: they may be installed later.</summary>
    private const string HasNoneSql = "update hook_sync set due_at = $2 where server_id = $1 and due_at > '-infinity'";

    private const int AtOnce = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainWhereNone = TimeSpan.FromMinutes(10);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what it left undone is done in a minute by another.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            var due = await ClaimAsync(cancellation);
            if (due.Count > 0) await SyncAsync(due, cancellation);
            _failing = false;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            if (!_failing) Log.CannotLook(log, failure);
            _failing = true;
        }
    }

    private async Task<HashSet<string>> ClaimAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ClaimSql);
        command.Parameters.AddWithValue(time.GetUtcNow().ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var due = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) due.Add(rows.GetString(0));
        return due;
    }

    private async Task SyncAsync(HashSet<string> due, CancellationToken cancellation)
    {
        var known = await hooks.ListAsync(cancellation);
        var urls = (await vault.OpenAllAsync(HookOperations.UrlKind, cancellation))
            .GroupBy(url => url.Owner, StringComparer.Ordinal)
            .ToDictionary(owner => owner.Key, owner => owner.First().Value, StringComparer.Ordinal);
        var servers = (await pool.ListAsync(cancellation)).Where(server => due.Contains(server.Id));
        await Parallel.ForEachAsync(servers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (server, token) =>
        {
            if (await secrets.FindAsync(server, token) is { } address) await SyncAsync(address, server.Id, known, urls, token);
        });
    }

    private async Task SyncAsync(
        NodeAddress node, string serverId, IReadOnlyList<KnownHook> known, Dictionary<string, string> urls, CancellationToken cancellation)
    {
        if (await nodes.ListAsync(node, cancellation) is not var (there, hasWebhooks)) return;
        if (!hasWebhooks)
        {
            await using var command = database.CreateCommand(HasNoneSql);
            command.Parameters.AddWithValue(serverId);
            command.Parameters.AddWithValue((time.GetUtcNow() + AgainWhereNone).ToUniversalTime());
            await command.ExecuteNonQueryAsync(cancellation);
            return;
        }

        var wanted = new Dictionary<string, KnownHook>(StringComparer.Ordinal);
        foreach (var hook in known.Where(hook => !hook.Destroyed))
        {
            if (UrlFor(hook, serverId, urls) is { } url) wanted[url] = hook;
        }

        var clients = known.Select(hook => urls.GetValueOrDefault(HookOperations.OwnerOf(hook.HookId))).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var listed = there.Select(hook => hook.Url).ToHashSet(StringComparer.Ordinal);
        foreach (var hook in there.Where(hook => !wanted.ContainsKey(hook.Url) && (clients.Contains(hook.Url) || HookUrl.IsOurs(mac, hook.Url, serverId))))
        {
            if (!await nodes.DestroyAsync(node, hook, cancellation)) Log.NotDestroyed(log, serverId);
        }

        foreach (var (url, hook) in wanted.Where(hook => !listed.Contains(hook.Key)))
        {
            if (await nodes.CreateAsync(node, hook, url, cancellation)) Log.Created(log, hook.Number, serverId);
            else Log.NotCreated(log, hook.Number, serverId);
        }
    }

    /// <summary>What the node is to call: us, or with HOOKS=direct the client. A node knows no tenants, so theirs always come by us.</summary>
    private string? UrlFor(KnownHook hook, string serverId, Dictionary<string, string> urls) => settings.Callbacks.RelaysHooks || settings.Multitenancy.Enabled
        ? HookUrl.Of(mac, settings.Http.KnownPublicUrl ?? hook.Origin, hook.HookId, serverId)
        : urls.GetValueOrDefault(HookOperations.OwnerOf(hook.HookId));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Hook {Number} is registered on {Server}")]
        public static partial void Created(ILogger logger, long number, string server);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Hook {Number} could not be registered on {Server}; it is tried again in a minute")]
        public static partial void NotCreated(ILogger logger, long number, string server);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A hook could not be taken from {Server}; it is tried again in a minute")]
        public static partial void NotDestroyed(ILogger logger, string server);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The hooks of the servers cannot be compared")]
        public static partial void CannotLook(ILogger logger, Exception failure);
    }
}
