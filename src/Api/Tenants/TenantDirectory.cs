using System.Collections.Frozen;
using System.Data.Common;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Tenants;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Tenants;
using ParameterSettings = Scalelite.Domain.Parameters.ParameterSettings;

namespace Scalelite.Api.Tenants;

/// <summary>The tenants as read at most a second ago; while PostgreSQL is away, as they were last. Secrets are opened once.</summary>
internal sealed class TenantDirectory(TenantList tenants, TenantSecrets secrets, Settings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // From then on one request has it read beside its own way, so that under traffic none waits for it.
    private static readonly TimeSpan Ageing = TimeSpan.FromMilliseconds(500);

    private readonly RequestTenant everybody = new() { Id = "", Name = "", Secrets = settings.Security.LoadBalancerSecrets };
    private readonly SemaphoreSlim reading = new(1);
    private Snapshot? last;

    /// <summary>MULTITENANCY_ENABLED.</summary>
    public bool Enabled => settings.Multitenancy.Enabled;

    /// <summary>
    /// Whose request this is: of <c>/t/{tenant}/…</c> the path says it, else the first label of the host; without multitenancy it is everybody's.
    /// Null where no tenant has that name, which Scalelite answers as a wrong checksum, and playback as a recording that is not there.
    /// </summary>
    /// <exception cref="DbException">PostgreSQL is away, and was since the start.</exception>
    public ValueTask<RequestTenant?> OfAsync(HttpContext http, CancellationToken cancellation) =>
        !Enabled ? new(everybody)
        : (TenantPaths.NameOf(http) ?? TenantName.OfHost(http.Request.Host.Host.TrimEnd('.'))) is { } name ? NamedAsync(name, cancellation)
        : new((RequestTenant?)null);

    /// <summary>A tenant by its id; null where there is none. Without multitenancy the empty id is everybody's.</summary>
    /// <exception cref="DbException">PostgreSQL is away, and was since the start.</exception>
    public async ValueTask<RequestTenant?> FindAsync(string id, CancellationToken cancellation) =>
        !Enabled ? (id.Length == 0 ? everybody : null) : (await ReadAsync(cancellation)).ById.GetValueOrDefault(id);

    /// <summary>
    /// The request came to URL_HOST itself, which is no tenant's: there clients that use <c>/t/{tenant}/…</c> send their people to recordings,
    /// by links that name no tenant.
    /// </summary>
    public bool IsCommonHost(HttpContext http) =>
        Enabled && settings.Http.Host is { } host && http.Request.Host.Host.TrimEnd('.').Equals(host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private async ValueTask<RequestTenant?> NamedAsync(string name, CancellationToken cancellation) =>
        (await ReadAsync(cancellation)).ByName.GetValueOrDefault(name);

    private async ValueTask<Snapshot> ReadAsync(CancellationToken cancellation)
    {
        if (last is { } fresh && IsFresh(fresh))
        {
            if (clock.GetElapsedTime(fresh.ReadAt) >= Ageing && reading.Wait(0, CancellationToken.None))
            {
                _ = RefreshAsync();
            }

            return fresh;
        }

        await reading.WaitAsync(cancellation);
        try
        {
            return last = last is { } read && IsFresh(read) ? read : await ReadAnewAsync(cancellation);
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Reads while the last is still good enough; whoever began it holds the turn.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            last = await ReadAnewAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // The next request that finds it too old reads it itself, and is told.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<Snapshot> ReadAnewAsync(CancellationToken cancellation)
    {
        try
        {
            var listed = await tenants.ListAsync(cancellation);
            await secrets.LoadAsync(listed, cancellation);
            var all = listed.Select(Read).ToArray();
            return new Snapshot(
                all.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal), all.ToFrozenDictionary(t => t.Id, StringComparer.Ordinal), clock.GetTimestamp());
        }
        catch (Exception away) when (away is DbException or TimeoutException && last is { } known)
        {
            return known with { ReadAt = clock.GetTimestamp() };
        }
    }

    private RequestTenant Read(ListedTenant tenant)
    {
        var valid = secrets.Of(tenant);
        return new RequestTenant
        {
            Id = tenant.Id,
            Name = tenant.Name,
            Enabled = tenant.Enabled,
            Secrets = [.. valid.Select(v => v.Secret)],
            SecretFingerprints = [.. valid.Select(v => v.Fingerprint)],
            Create = Parameters(tenant.Settings),
            // Metadata belongs to the create, and the tag of a server to placing.
            Join = Parameters(tenant.Settings.Where(s => new Parameter(s.Param, "").MetaName is null)),
            Lrs = secrets.LrsOf(tenant),
        };
    }

    private static ParameterSettings Parameters(IEnumerable<TenantSetting> all)
    {
        var parameters = all.ToLookup(s => s.Override, s => new Parameter(s.Param, s.Value));
        return new ParameterSettings([.. parameters[false]], [.. parameters[true]], []);
    }

    private bool IsFresh(Snapshot snapshot) => clock.GetElapsedTime(snapshot.ReadAt) < Fresh;

    private sealed record Snapshot(
        FrozenDictionary<string, RequestTenant> ByName, FrozenDictionary<string, RequestTenant> ById, long ReadAt);
}
