using System.Data.Common;
using Scalelite.Projections.Servers;

namespace Scalelite.Api.Servers;

/// <summary>The pool's servers as read at most a second ago; while PostgreSQL is away, as they were last.</summary>
internal sealed class ServerDirectory(ServerPool pool, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim reading = new(1);
    private Snapshot? last;

    /// <summary>All servers, in order of registration.</summary>
    /// <exception cref="DbException">PostgreSQL is away, and was since the start.</exception>
    public async ValueTask<IReadOnlyList<PoolServer>> ListAsync(CancellationToken cancellation)
    {
        if (last is { } fresh && IsFresh(fresh))
        {
            return fresh.Servers;
        }

        await reading.WaitAsync(cancellation);
        try
        {
            return (last = last is { } read && IsFresh(read) ? read : await ReadAsync(cancellation)).Servers;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private async Task<Snapshot> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return new Snapshot(await pool.ListAsync(cancellation), clock.GetTimestamp());
        }
        catch (Exception away) when (away is DbException or TimeoutException && last is { } known)
        {
            return known with { ReadAt = clock.GetTimestamp() };
        }
    }

    private bool IsFresh(Snapshot snapshot) => clock.GetElapsedTime(snapshot.ReadAt) < Fresh;

    private sealed record Snapshot(IReadOnlyList<PoolServer> Servers, long ReadAt);
}
