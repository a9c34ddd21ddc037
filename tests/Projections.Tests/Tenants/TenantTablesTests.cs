using Scalelite.Domain;
using Scalelite.Domain.Tenants;
using Scalelite.Projections.Tenants;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Tenants;

public sealed class TenantTablesTests
{
    private static readonly string School = Guid.NewGuid().ToString();
    private static readonly string Uni = Guid.NewGuid().ToString();

    [Fact]
    public async Task Tenants_are_listed_in_the_order_in_which_they_came_with_all_that_they_set()
    {
        await using var history = await PoolHistory.CreateAsync();
        await TellAsync(
            history,
            new TenantAdded(School, "school", ["f1", "f2"], Given.At(1)),
            new TenantSettingSet(School, "s2", "welcome", "Hello", false, Given.At(2)),
            new TenantSettingSet(School, "s1", "record", "false", true, Given.At(2)),
            new TenantQuotaSet(School, 10, null, Given.At(3)),
            new TenantRetentionSet(School, 90, Given.At(4)),
            new TenantLrsSet(School, "https://lrs", null, "l1", Given.At(5)),
            new TenantDisabled(School, Given.At(6)));
        await TellAsync(history, new TenantAdded(Uni, "uni", ["f3"], Given.At(2)));
        var list = new TenantList(history.Database.Source);

        var tenants = await list.ListAsync(default);

        Assert.Equal(["school", "uni"], tenants.Select(t => t.Name));
        Assert.Equal(["f1", "f2"], tenants[0].SecretFingerprints);
        Assert.Equal(
            (false, 10, null, 90, "https://lrs", null, "l1"),
            (tenants[0].Enabled, tenants[0].MeetingQuota, tenants[0].UserQuota, tenants[0].RetentionDays, tenants[0].LrsEndpoint, tenants[0].LrsTokenUrl,
                tenants[0].LrsFingerprint));
        Assert.Equal([new TenantSetting("s1", "record", "false", true), new TenantSetting("s2", "welcome", "Hello", false)], tenants[0].Settings);
        Assert.Empty(tenants[1].Settings);
        Assert.Equal([KeyValuePair.Create(School, TimeSpan.FromDays(90))], await list.RetentionAsync(default));

        await TellAsync(history, new TenantRemoved(School, Given.At(7)));
        Assert.Equal(["uni"], (await list.ListAsync(default)).Select(t => t.Name));
        Assert.Equal(0L, await history.Database.ScalarAsync<long>("select count(*) from tenant_setting"));
    }

    [Fact]
    public async Task No_two_tenants_have_one_name()
    {
        await using var history = await PoolHistory.CreateAsync();
        await TellAsync(history, new TenantAdded(School, "school", ["f1"], Given.At(1)));
        await Assert.ThrowsAnyAsync<Exception>(() => TellAsync(history, new TenantAdded(Uni, "school", ["f3"], Given.At(2))));
        Assert.Equal(1L, await history.Database.ScalarAsync<long>("select count(*) from tenant"));
    }

    [Fact]
    public async Task A_tenants_load_is_its_meetings_and_who_is_in_them_or_was_sent_there_since()
    {
        await using var history = await PoolHistory.CreateAsync();
        await history.AppendAsync(Given.Registered("a"), Given.Registered("b"));
        await TellAsync(history, new TenantAdded(School, "school", ["f1"], Given.At(1)), new TenantQuotaSet(School, 10, 100, Given.At(1)));
        await TellAsync(history, new TenantAdded(Uni, "uni", ["f2"], Given.At(1)), new TenantQuotaSet(Uni, null, 100, Given.At(1)));
        var free = Guid.NewGuid().ToString();
        await TellAsync(history, new TenantAdded(free, "free", ["f4"], Given.At(1)));
        var (polled, fresh, breakout, others) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await history.AppendAsync(
            Given.Placed(polled, "room 1", "a", 2, School), Given.Started(polled, "a", "int-1", 3),
            Given.Adopted(breakout, "breakout", "a", "int-2", 4, School),
            Given.Placed(others, "room 1", "b", 2, Uni), Given.Started(others, "b", "int-3", 3));
        await history.AppendAsync(Given.Joins(5, (polled, "a", 2)));
        await history.AppendAsync(Given.Polled(
            "a", 1, 10, Given.Seen("room 1", "int-1", 7, polled, joinsBefore: 2), Given.Seen("breakout", "int-2", 5, breakout)));

        // Sent there since the poll, and a meeting that no poll has seen.
        await history.AppendAsync(Given.Placed(fresh, "room 2", "b", 11, School));
        await history.AppendAsync(Given.Joins(12, (polled, "a", 3), (fresh, "b", 4)));

        Assert.Equal(
            [new TenantLoad(School, 10, 100, 2, 7 + 3 + 4), new TenantLoad(Uni, null, 100, 1, 0)],
            (await LoadAsync(history, School, Uni, free)).OrderBy(load => load.MeetingQuota is null));
        Assert.Empty(await LoadAsync(history, free, Guid.NewGuid().ToString()));
    }

    private static async Task TellAsync(PoolHistory history, params object[] events)
    {
        await using var session = history.Store.LightweightSession();
        foreach (var @event in events) session.Events.Append(Streams.Tenant((string)@event.GetType().GetProperty("TenantId")!.GetValue(@event)!), @event);
        await session.SaveChangesAsync();
    }

    private static async Task<IReadOnlyList<TenantLoad>> LoadAsync(PoolHistory history, params string[] tenantIds)
    {
        await using var batch = history.Database.Source.CreateBatch();
        batch.BatchCommands.Add(TenantLoad.Command(tenantIds));
        await using var rows = await batch.ExecuteReaderAsync();
        return await TenantLoad.ReadAsync(rows, default);
    }
}
