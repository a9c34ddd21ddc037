using System.Collections.Concurrent;
using Npgsql;

namespace Scalelite.Workers.Imports;

/// <summary>
/// Which imports this process works on, by rows of <c>import_claim</c>: a claim is renewed while the work goes on and ends by itself
/// some seconds after the last renewal. Work that cannot renew its claim is cancelled before another process may begin.
/// </summary>
internal sealed class ImportClaims(NpgsqlDataSource database, TimeProvider time)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Due ones whose archives are here and that nobody works on: a claim of this process's own that it does not hold could not be given
    /// back. PostgreSQL's clock alone judges leases.
    /// </summary>
    private const string TakeSql =
        """
        insert into import_claim (import_id, owner, leased_until)
        select q.import_id, $1, now() + $2
        from import_queue q left join import_claim c on c.import_id = q.import_id
        where q.import_id = any($3) and q.due_at <= $4 and (c.import_id is null or c.leased_until < now() or c.owner = $1)
        order by q.received_at, q.import_id limit $5
        on conflict (import_id) do update set owner = excluded.owner, leased_until = excluded.leased_until
        where import_claim.leased_until < now() or import_claim.owner = excluded.owner
        returning import_id
        """;

    private const string RenewSql =
        "update import_claim set leased_until = now() + $2 where owner = $1 and import_id = any($3) returning import_id";

    private readonly Guid _owner = Guid.NewGuid();
    private readonly ConcurrentDictionary<Guid, Held> _held = new();

    /// <summary>Claims that this process holds.</summary>
    public int Count => _held.Count;

    /// <summary>Claims up to so many imports, the oldest first.</summary>
    public async Task<IReadOnlyList<ImportClaim>> TakeAsync(IReadOnlyCollection<Guid> here, int most, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var taken = new List<ImportClaim>();
        await using var command = database.CreateCommand(TakeSql);
        command.Parameters.AddWithValue(_owner);
        command.Parameters.AddWithValue(Lease);
        command.Parameters.AddWithValue(here.Where(import => !_held.ContainsKey(import)).ToArray());
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(most);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            var held = new Held(began);
            _held[rows.GetGuid(0)] = held;
            taken.Add(new ImportClaim(rows.GetGuid(0), held.Lost.Token));
        }

        return taken;
    }

    /// <summary>Renews what is held, and cancels what could not be renewed in time.</summary>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        if (_held.IsEmpty) return;
        var began = time.GetTimestamp();
        var asked = _held.ToArray();
        try
        {
            var renewed = new HashSet<Guid>();
            await using (var command = database.CreateCommand(RenewSql))
            {
                command.CommandTimeout = (int)(Trust.TotalSeconds / 2);
                command.Parameters.AddWithValue(_owner);
                command.Parameters.AddWithValue(Lease);
                command.Parameters.AddWithValue(asked.Select(held => held.Key).ToArray());
                await using var rows = await command.ExecuteReaderAsync(cancellation);
                while (await rows.ReadAsync(cancellation)) renewed.Add(rows.GetGuid(0));
            }

            foreach (var (import, held) in asked)
            {
                if (renewed.Contains(import)) held.RenewedAt = began;
                else await held.Lost.CancelAsync();
            }
        }
        finally
        {
            foreach (var (_, held) in asked)
            {
                if (time.GetElapsedTime(held.RenewedAt) > Trust) await held.Lost.CancelAsync();
            }
        }
    }

    /// <summary>Gives a claim back.</summary>
    public async Task ReleaseAsync(Guid import)
    {
        try
        {
            await using var command = database.CreateCommand("delete from import_claim where import_id = $1 and owner = $2");
            command.Parameters.AddWithValue(import);
            command.Parameters.AddWithValue(_owner);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // It ends by itself.
        }
        finally
        {
            _held.TryRemove(import, out _);
        }
    }

    private sealed class Held(long renewedAt)
    {
        // Without a timer there is nothing to dispose of, and who renews may still hold it.
        public CancellationTokenSource Lost { get; } = new();

        public long RenewedAt { get; set; } = renewedAt;
    }
}

/// <summary>The right to work on an import.</summary>
/// <param name="Lost">Cancelled when it is no longer this process's.</param>
internal readonly record struct ImportClaim(Guid Import, CancellationToken Lost);
