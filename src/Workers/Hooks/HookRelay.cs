using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain.Callbacks;
using Scalelite.EventLog;
using Scalelite.Projections.Hooks;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;

namespace Scalelite.Workers.Hooks;

/// <summary>A call of a node, as it came.</summary>
/// <param name="Checksum">Of its query; null where it has none.</param>
/// <param name="Url">By which it came, without the query.</param>
/// <param name="Bearer">Of its header; null where it has none.</param>
/// <param name="Body">A form.</param>
public sealed record HookCall(Guid HookId, string ServerId, string? Mac, string? Checksum, string Url, string? Bearer, string Body);

/// <summary>
/// Passes the events of nodes on to hooks. The client is called while the node waits, so that events come in the node's order and nothing is
/// stored; what the client does not take goes into the outbox, and so do those that follow within half a minute. Where too many wait for a host, the node keeps them.
/// </summary>
public sealed partial class HookRelay : IDisposable
{
    /// <summary>Calls that wait for one host at the most; further events are refused, and their nodes try again for a while.</summary>
    internal const int MostWaiting = 5000;

    private const int AtOnce = 64;
    private const string WaitingSql = "select count(*) from (select from callback_queue where host = $1 and due_at is not null limit $2) waiting";

    /// <summary>A node waits for five seconds.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Detour = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _calls = new(AtOnce);
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _detours = new();
    private readonly NpgsqlDataSource _database;
    private readonly KnownHooks _hooks;
    private readonly InternalMeetings _meetings;
    private readonly CallbackMac _mac;
    private readonly CallbackOutbox _outbox;
    private readonly CallbackRegister _register;
    private readonly SecretVault _vault;
    private readonly IDocumentStore _store;
    private readonly IServiceScopeFactory _scopes;
    private readonly Settings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<HookRelay> _log;

    /// <summary>With what it reads, signs and stores by.</summary>
    public HookRelay(
        NpgsqlDataSource database,
        KnownHooks hooks,
        InternalMeetings meetings,
        CallbackMac mac,
        CallbackOutbox outbox,
        CallbackRegister register,
        SecretVault vault,
        IDocumentStore store,
        IServiceScopeFactory scopes,
        Settings settings,
        TimeProvider time,
        ILogger<HookRelay> log)
    {
        (_database, _hooks, _meetings, _mac, _outbox, _register) = (database, hooks, meetings, mac, outbox, register);
        (_vault, _store, _scopes, _settings, _time, _log) = (vault, store, scopes, settings, time, log);
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();

    /// <summary>Takes a call.</summary>
    /// <returns>The status for the node: 204 where the client has it, it is kept, or it is nobody's; 404 for a wrong MAC or signature, 503 where too many wait.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL is away.</exception>
    public async Task<int> TakeAsync(HookCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!HookUrl.IsRight(_mac, call.HookId, call.ServerId, call.Mac) || await _hooks.FindAsync(call.HookId, cancellation) is not { } hook) return 404;
        if (!await IsSignedAsync(call, hook, cancellation))
        {
            Log.NotSigned(_log, call.ServerId, hook.Number);
            return 404;
        }

        if (hook.Destroyed || !await IsTenantsAsync(call, hook, cancellation)) return 204;
        if (await UrlAsync(hook, cancellation) is not { } text || CallbackUrl.Read(text) is not { } url) return 204;
        var body = HookEvent.WithDomain(call.Body, new Uri(_settings.Http.KnownPublicUrl ?? hook.Origin).Host);
        if (await TellsAsync(hook, url, body, cancellation)) return 204;
        return await KeepAsync(hook, text, url, body, call.Body) ? 204 : 503;
    }

    private async Task<bool> IsSignedAsync(HookCall call, KnownHook hook, CancellationToken cancellation)
    {
        IReadOnlyList<string> secrets = [.. (await _vault.OpenAsync(call.ServerId, NodeSecrets.Kind, cancellation)).Select(secret => secret.Value)];
        if (call.Checksum is null && call.Bearer is { } bearer)
            return secrets.Any(secret => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(bearer)));
        return HookEvent.IsSigned(call.Checksum, UrlsOf(call, hook), call.Body, secrets);
    }

    /// <summary>What the node was told to call, and what it called: behind a proxy we may not know that it was TLS.</summary>
    private IEnumerable<string> UrlsOf(HookCall call, KnownHook hook) => new[]
    {
        HookUrl.Of(_mac, _settings.Http.KnownPublicUrl ?? hook.Origin, call.HookId, call.ServerId),
        call.Url,
        call.Url.StartsWith("http://", StringComparison.Ordinal) ? $"https://{call.Url["http://".Length..]}" : call.Url,
    }.Distinct(StringComparer.Ordinal);

    /// <summary>A tenant hears of its own meetings only; one that we do not know is nobody's.</summary>
    private async Task<bool> IsTenantsAsync(HookCall call, KnownHook hook, CancellationToken cancellation)
    {
        if (!_settings.Multitenancy.Enabled && hook.TenantId.Length == 0) return true;
        var (internalId, meetingId) = HookEvent.MeetingOf(call.Body);
        if (internalId is { Length: <= 512 } && !internalId.Contains('\0') && await _meetings.FindAsync(internalId, cancellation) is { } run) return run.TenantId == hook.TenantId;
        if (meetingId is null || meetingId.Contains('\0')) return false;

        // Its start is not written yet. No server has two meetings with one id.
        await using var command = _database.CreateCommand("select tenant_id from meeting_location where server_id = $1 and meeting_id = $2");
        command.Parameters.AddWithValue(call.ServerId);
        command.Parameters.AddWithValue(meetingId);
        return await command.ExecuteScalarAsync(cancellation) is string tenant && tenant == hook.TenantId;
    }

    private async Task<string?> UrlAsync(KnownHook hook, CancellationToken cancellation) =>
        await _vault.OpenAsync(HookOperations.OwnerOf(hook.HookId), HookOperations.UrlKind, cancellation) is [var url, ..] ? url.Value : null;

    /// <summary>Whether the client took it now. One that refuses its signature (401) has it, as with bbb-webhooks.</summary>
    private async Task<bool> TellsAsync(KnownHook hook, Uri url, string body, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        if (_detours.TryGetValue(hook.HookId, out var until) && now < until) return false;
        if (!await _calls.WaitAsync(0, cancellation)) return false;
        try
        {
            using var limit = new CancellationTokenSource(Longest, _time);
            var answer = await _outbox.SendNowAsync(CallbackKind.Hook, hook.TenantId, hook.SignerFingerprint, url, body, limit.Token);
            if (answer.EndsIt || answer.Status == 401)
            {
                _detours.TryRemove(hook.HookId, out _);
                return true;
            }

            Log.Detour(_log, hook.Number, answer.Outcome);
            _detours[hook.HookId] = now + Detour;
            return false;
        }
        finally
        {
            _calls.Release();
        }
    }

    private async Task<bool> KeepAsync(KnownHook hook, string text, Uri url, string body, string said)
    {
        await using (var command = _database.CreateCommand(WaitingSql))
        {
            command.Parameters.AddWithValue(url.Host.ToLowerInvariant());
            command.Parameters.AddWithValue(MostWaiting);
            if (await command.ExecuteScalarAsync(CancellationToken.None) is long waiting && waiting >= MostWaiting) return false;
        }

        // A node that says the same again changes nothing: its timestamp is that of its first try.
        var owed = new OwedCallback(
            CallbackId.Of("hook-event", hook.HookId, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(said)))), CallbackKind.Hook, text)
        {
            TenantId = hook.TenantId,
            MeetingId = HookEvent.MeetingOf(said).MeetingId?.Replace('\0', '\uFFFD') ?? "",
            Body = body,
            SignerFingerprint = hook.SignerFingerprint,
        };
        await using var session = _store.LightweightSession();
        session.SetHeader("actor", "hooks");
        try
        {
            if (await _register.AddAsync(session, owed, CancellationToken.None) is not { } due) return true;
            await session.SaveChangesAsync(CancellationToken.None);
            await using var scope = _scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(due);
        }
        catch (ExistingStreamIdCollisionException)
        {
            // It came twice at once.
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "An event of {Server} for hook {Number} was refused: it is not signed with the secret of the server")]
        public static partial void NotSigned(ILogger logger, string server, long number);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Hook {Number} does not take events ({Outcome}): they go through the outbox for a while")]
        public static partial void Detour(ILogger logger, long number, string outcome);
    }
}
