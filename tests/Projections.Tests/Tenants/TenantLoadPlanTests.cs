using Scalelite.EventLog;
using Scalelite.Projections.Tenants;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Tenants;

public sealed class TenantLoadPlanTests
{
    private const string Fill =
        """
        insert into server (id, url, host, secret_fingerprint, load_multiplier, state, health, registered_at)
        select 's' || s, 'https://s' || s || '/api', 's' || s, 'f', 1, 'enabled', 'online', now() from generate_series(0, 99) s;
        insert into server_load (server_id, registered_at, next_poll_at, answered_round) select id, now(), now(), 9 from server;
        insert into tenant (id, name, secret_fingerprints, user_quota, added_at) select 't' || n, 't' || n, '{f}', 1000, now() from generate_series(0, 99) n;
        insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, internal_meeting_id, placed_at)
        select gen_random_uuid(), 't' || m % 99, 'room ' || m, 's' || m % 100, 'live', 'int-' || m, now() from generate_series(1, 30000) m;
        insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, internal_meeting_id, create_time, placed_at)
        select tenant_id, meeting_id, instance, server_id, 'live', internal_meeting_id, 1, placed_at from meeting_instance;
        insert into meeting_joins (instance, servers, joins) select instance, array[server_id], 12 from meeting_location;
        insert into polled_meeting (
            server_id, internal_meeting_id, meeting_id, round, create_time, users, moderators, voice, videos, recording, is_breakout,
            joins_before, first_seen_at, last_seen_at, user_polls, peak, curve)
        select server_id, internal_meeting_id, meeting_id, 9, 1, 10, 1, 5, 3, false, false, 10, now(), now(), 10, 10, '{10}' from meeting_location;
        analyze
        """;

    [Fact]
    public async Task A_quota_is_counted_under_the_placement_lock_by_indexes_only()
    {
        await using var database = await TestDatabase.CreateAsync();
        await DatabaseSchema.InstallAsync(database.Source, ReadModels.Scripts);
        await database.ExecuteAsync(Fill);
        await using var batch = database.Source.CreateBatch();
        batch.BatchCommands.Add(TenantLoad.Command(["t7"]));
        await using (var rows = await batch.ExecuteReaderAsync())
        {
            var load = Assert.Single(await TenantLoad.ReadAsync(rows, default));
            Assert.Equal((303, 303 * 12), (load.Meetings, load.Users));
        }

        var sql = SqlScript.Read(typeof(TenantLoad).Assembly, "Tenants.tenant_load.sql").Sql.Replace("$1", "'{t7}'::text[]", StringComparison.Ordinal);
        var plan = string.Join('\n', (await database.RowsAsync($"explain (costs off) {sql}")).Select(row => row[0]));
        Assert.Contains("meeting_location_tenant", plan, StringComparison.Ordinal);
        foreach (var table in new[] { "meeting_location", "meeting_instance", "meeting_joins", "polled_meeting" })
            Assert.DoesNotContain($"Seq Scan on {table}", plan, StringComparison.Ordinal);
    }
}
