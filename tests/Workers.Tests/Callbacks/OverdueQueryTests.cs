using Npgsql;
using Scalelite.EventLog;
using Scalelite.Projections;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

public sealed class OverdueQueryTests
{
    [Fact]
    public async Task A_hundred_thousand_that_wait_for_one_host_hide_no_other_and_cost_nothing()
    {
        await using var database = await TestDatabase.CreateAsync("overdue");
        await DatabaseSchema.InstallAsync(database.Source, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]);
        await database.ExecuteAsync(
            """
            insert into callback_queue (callback_id, kind, tenant_id, meeting_id, host, url_fingerprint, state, due_at, registered_at)
            select gen_random_uuid(), 'RecordingReady', '', 'room', case when n % 1000 = 0 then 'h' || n / 1000 else 'down' end, 'f', 'waiting',
                   now() - interval '1 hour' + case when n % 1000 = 0 then interval '59 minutes' else interval '0' end, now()
            from generate_series(1, 100000) n;
            insert into callback_queue (callback_id, kind, tenant_id, meeting_id, host, url_fingerprint, state, registered_at)
            select gen_random_uuid(), 'RecordingReady', '', 'room', 'h1', 'f', 'delivered', now() from generate_series(1, 10000);
            analyze callback_queue;
            """);

        await using var command = Overdue(database, "");
        await using (var rows = await command.ExecuteReaderAsync())
        {
            var hosts = new List<string>();
            while (await rows.ReadAsync()) hosts.Add(rows.GetString(2));
            Assert.Equal(101, hosts.Distinct().Count());
            Assert.Equal(8, hosts.Count(host => host == "down"));
        }

        await using var explain = Overdue(database, "explain (format text) ");
        await using var plan = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await plan.ReadAsync()) lines.Add(plan.GetString(0));
        Assert.DoesNotContain(lines, line => line.Contains("Seq Scan", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("callback_queue_due", StringComparison.Ordinal));
    }

    private static NpgsqlCommand Overdue(TestDatabase database, string before)
    {
        var command = database.Source.CreateCommand(before + OverdueCallbacks.OverdueSql);
        command.Parameters.AddWithValue(DateTimeOffset.UtcNow);
        command.Parameters.AddWithValue(8);
        return command;
    }
}
