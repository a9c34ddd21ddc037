using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scalelite.EventLog;
using Scalelite.Projections.Rebuild;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Rebuild;

public sealed class ReadModelRebuildTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TestDatabase _database = null!;
    private IHost _host = null!;
    private IDocumentStore _store = null!;
    private ReadModelRebuild _rebuild = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = await TestHost.CreateAsync(_database.Source, ThingTable.Events, [ThingTable.Model.Projection]);
        await DatabaseSchema.InstallAsync(_database.Source, ThingTable.Model.Scripts);
        _store = _host.Services.GetRequiredService<IDocumentStore>();
        _rebuild = new ReadModelRebuild(_database.Source, _store, _host.Services.GetRequiredService<Func<EventRow, IEvent>>());
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_read_model_is_rebuilt_to_the_same_rows_and_what_depends_on_it_stays()
    {
        await AppendAsync(500);
        var before = await RowsAsync();
        await _database.ExecuteAsync(
            "create view seen as select * from thing; create role reader_of_things; grant select on thing to reader_of_things");
        await _database.ExecuteAsync(
            "delete from thing where id like '%7'; update thing set weight = 1; insert into thing values ('nobody', '{}'); truncate thing_total");

        var steps = new List<RebuildProgress>();
        Assert.True(await _rebuild.RebuildAsync(ThingTable.Model, steps.Add) > 0);
        Assert.Equal(before, await RowsAsync());
        Assert.Equal(steps[^1].Total, steps[^1].Done);
        Assert.Equal(500L, await _database.ScalarAsync<long>("select count(*) from seen"));
        Assert.True(await _database.ScalarAsync<bool>("select has_table_privilege('reader_of_things', 'thing', 'select')"));
        Assert.Equal(0L, await _database.ScalarAsync<long>("select count(*) from pg_namespace where nspname like 'rebuild%'"));
        await _database.ExecuteAsync("drop owned by reader_of_things; drop role reader_of_things");

        Assert.Equal(0, await _rebuild.RebuildAsync(ThingTable.Model));
    }

    [Fact]
    public async Task A_rebuild_and_a_verification_while_events_come_in_lose_none_and_fail_none()
    {
        await AppendAsync(50);
        await _database.ExecuteAsync("update thing_total set n = n + 1000");
        using var end = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var written = 0;
            while (!end.IsCancellationRequested)
            {
                await AppendAsync(1);
                written++;
                await Task.Delay(5);
            }

            return written;
        })).ToList();

        await _rebuild.RebuildAsync(ThingTable.Model).WaitAsync(Deadline);
        var differences = await _rebuild.VerifyAsync(ThingTable.Model).WaitAsync(Deadline);
        await end.CancelAsync();
        var all = 50 + (await Task.WhenAll(writers)).Sum();

        Assert.Empty(differences);
        Assert.Equal((long)all, await _database.ScalarAsync<long>("select count(*) from thing"));
        Assert.Equal((long)all, await _database.ScalarAsync<long>("select n from thing_total"));
    }

    [Fact]
    public async Task An_appender_that_has_not_committed_yet_is_waited_for()
    {
        await AppendAsync(3);
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var session = _store.LightweightSession(SessionOptions.ForTransaction(transaction));
        session.Events.Append("late", new ThingAdded("late", ["x"]), new ThingCounted(1));
        await session.SaveChangesAsync();

        var rebuilding = _rebuild.RebuildAsync(ThingTable.Model);
        Assert.NotSame(rebuilding, await Task.WhenAny(rebuilding, Task.Delay(TimeSpan.FromSeconds(3))));
        await transaction.CommitAsync();
        Assert.Equal(0, await rebuilding.WaitAsync(Deadline));
        Assert.Equal(4L, await _database.ScalarAsync<long>("select n from thing_total"));
    }

    [Fact]
    public async Task A_verification_names_the_table_the_row_and_the_column()
    {
        await AppendAsync(20);
        var id = await _database.ScalarAsync<string>("select min(id) from thing");
        Assert.Empty(await _rebuild.VerifyAsync(ThingTable.Model));

        await _database.ExecuteAsync("update thing set words = '{b,a}' where id = $1", id!);
        await _database.ExecuteAsync("update thing_total set n = 21");
        var differences = await _rebuild.VerifyAsync(ThingTable.Model);
        Assert.Equal(["thing", "thing_total"], differences.Select(difference => difference.Table));
        Assert.Equal(($"id = \"{id}\"", "words", """["b", "a"]"""), (differences[0].Row, differences[0].Column, differences[0].Live));
        Assert.Equal("thing_total, row \"Of\" = \"all\": n is 21, the events say 20", differences[1].ToString());

        await _database.ExecuteAsync("delete from thing where id = $1", id!);
        Assert.Contains("missing", (await _rebuild.VerifyAsync(ThingTable.Model))[0].ToString());
        await _database.ExecuteAsync("insert into thing values ('0', '{}')");
        Assert.Contains("no such row", (await _rebuild.VerifyAsync(ThingTable.Model))[0].ToString());
        Assert.Equal(0L, await _database.ScalarAsync<long>("select count(*) from pg_namespace where nspname like 'verify%'"));
    }

    [Fact]
    public async Task What_a_killed_rebuild_left_is_dropped_and_two_at_once_are_refused()
    {
        await AppendAsync(10);
        await _database.ExecuteAsync("create schema rebuild_thing create table thing (n int)");
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            try
            {
                await _rebuild.RebuildAsync(ThingTable.Model);
                return "done";
            }
            catch (RebuildException e)
            {
                return e.Message;
            }
        }));
        Assert.Contains("done", both);
        Assert.Contains(both, outcome => outcome.Contains("somebody else", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_projection_that_fails_or_writes_to_a_table_of_others_leaves_the_live_tables_as_they_were()
    {
        await AppendAsync(5);
        await _database.ExecuteAsync("update thing_total set n = 77; create table elsewhere (n int)");
        var stray = ThingTable.Model with { Projection = new Stray() };
        var failed = await Assert.ThrowsAsync<RebuildException>(() => _rebuild.RebuildAsync(stray));
        Assert.Contains("elsewhere", failed.Message);
        Assert.Equal(77L, await _database.ScalarAsync<long>("select n from thing_total"));

        using (var other = await TestHost.CreateAsync(_database.Source, [typeof(NeverHeardOf)], []))
        {
            await using var session = other.Services.GetRequiredService<IDocumentStore>().LightweightSession();
            session.Events.Append("s", new NeverHeardOf());
            await session.SaveChangesAsync();
        }

        var unknown = await Assert.ThrowsAsync<RebuildException>(() => _rebuild.RebuildAsync(ThingTable.Model));
        Assert.Contains("never_heard_of", unknown.Message);
    }

    [Fact]
    public async Task A_table_with_other_columns_than_the_program_gives_it_is_named()
    {
        await _database.ExecuteAsync("alter table thing add column extra int");
        var refused = await Assert.ThrowsAsync<RebuildException>(() => _rebuild.RebuildAsync(ThingTable.Model));
        Assert.Contains("extra integer", refused.Message);
    }

    private async Task AppendAsync(int things)
    {
        foreach (var chunk in Enumerable.Range(0, things).Chunk(50))
        {
            await using var session = _store.LightweightSession();
            foreach (var _ in chunk)
            {
                var id = $"thing-{Guid.NewGuid():n}";
                session.Events.StartStream(id, new ThingAdded(id, ["a", "b"]), new ThingWeighed(id, 2.50m), new ThingCounted(1));
            }

            await session.SaveChangesAsync();
        }
    }

    private async Task<string> RowsAsync() => string.Join('\n', (await _database.RowsAsync(
        "select t::text from thing t union all select n::text from thing_total order by 1")).Select(row => row[0]));

    private sealed class Stray : IProjection
    {
        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
        {
            operations.QueueSqlCommand("insert into elsewhere values (?)", events.Count);
            return Task.CompletedTask;
        }
    }
}
