using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Scalelite.Projections.AdminTokens;
using Scalelite.Workers.AdminTokens;

namespace Scalelite.Api.AdminV1;

/// <summary>
/// Whose a bearer token is, as read at most a second ago: so long may a token be taken after it was revoked elsewhere. While PostgreSQL
/// is away nobody is let in.
/// </summary>
internal sealed class BearerTokens(AdminTokenList tokens, TimeProvider clock) : IDisposable
{
    private const string Scheme = "Bearer ";

    private const int LongestToken = 128;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Snapshot? _last;

    /// <summary>The token that an Authorization header names; null where it is none that lets in.</summary>
    /// <exception cref="System.Data.Common.DbException">PostgreSQL is away.</exception>
    public async ValueTask<ListedToken?> FindAsync(StringValues authorization, CancellationToken cancellation)
    {
        if (authorization.Count != 1 || authorization[0] is not { } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var text = header[Scheme.Length..].Trim();
        if (text.Length > LongestToken || !text.StartsWith(AdminTokenText.Prefix, StringComparison.Ordinal)) return null;

        // All are compared, each in constant time: nothing is told by how long it takes.
        var hash = Convert.FromHexString(AdminTokenText.HashOf(text));
        ListedToken? found = null;
        foreach (var (listed, itsHash) in (await ReadAsync(cancellation)).Tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, itsHash)) found = listed;
        }

        return found?.IsLive(clock.GetUtcNow()) == true ? found : null;
    }

    /// <summary>What is known is read anew with the next call: a token was revoked here.</summary>
    public void Forget() => _last = null;

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async ValueTask<Snapshot> ReadAsync(CancellationToken cancellation)
    {
        if (_last is { } fresh && IsFresh(fresh)) return fresh;
        await _reading.WaitAsync(cancellation);
        try
        {
            if (_last is { } read && IsFresh(read)) return read;
            var began = clock.GetTimestamp();
            var live = await tokens.ListLiveAsync(clock.GetUtcNow(), cancellation);
            return _last = new Snapshot([.. live.Select(token => (token, Convert.FromHexString(token.Hash)))], began);
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsFresh(Snapshot snapshot) => clock.GetElapsedTime(snapshot.ReadAt) < Fresh;

    private sealed record Snapshot(IReadOnlyList<(ListedToken Token, byte[] Hash)> Tokens, long ReadAt);
}
