using Npgsql;
using Scalelite.EventLog;

namespace Scalelite.Projections.Tenants;

/// <summary>What a tenant with a quota may have, and has now.</summary>
/// <param name="MeetingQuota">Null: as many as it likes.</param>
/// <param name="UserQuota">Null: as many as it likes.</param>
/// <param name="Meetings">Placed or live, without breakouts.</param>
/// <param name="Users">In them, as the last polls showed and joins since.</param>
public sealed record TenantLoad(string TenantId, int? MeetingQuota, int? UserQuota, long Meetings, long Users)
{
    private static readonly string LoadSql = SqlScript.Read(typeof(TenantLoad).Assembly, "Tenants.tenant_load.sql").Sql;

    /// <summary>The statement that reads those of these tenants that have a quota, to be put into a batch.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyCollection<string> tenantIds) => new(LoadSql)
    {
        Parameters = { new() { Value = tenantIds.ToArray() } },
    };

    /// <summary>Reads the rows of <see cref="Command"/>.</summary>
    public static async Task<IReadOnlyList<TenantLoad>> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        var loads = new List<TenantLoad>();
        while (await rows.ReadAsync(cancellation))
        {
            loads.Add(new TenantLoad(
                rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetInt32(1), rows.IsDBNull(2) ? null : rows.GetInt32(2),
                rows.GetInt64(3), rows.GetInt64(4)));
        }

        return loads;
    }
}
