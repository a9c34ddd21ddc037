using Npgsql;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class TransactionTests(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly string _stream = StoreDatabase.NewStream();

    [Fact]
    public async Task A_session_commits_its_callers_transaction_when_told_to()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        for (var round = 1; round <= 3; round++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var read = new NpgsqlCommand("set local lock_timeout = '2s'; select pg_advisory_xact_lock(4711)", connection, transaction))
                await read.ExecuteNonQueryAsync();
            await using (var session = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true)))
            {
                session.Events.Append(_stream, round, new Counted(round));
                await session.SaveChangesAsync();
            }

            Assert.Equal(round, (await database.EventsAsync(_stream)).Count);
            Assert.True(await database.ScalarAsync<bool>("select pg_try_advisory_xact_lock(4711)"));
        }

        // The transactions were disposed of after the commit; the connection is whole.
        await using var after = new NpgsqlCommand("show lock_timeout", connection);
        Assert.Equal("0", await after.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_refused_save_leaves_the_callers_transaction_to_be_rolled_back()
    {
        await database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a")));
        await using var connection = await database.Source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var session = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
            session.QueueSqlCommand("insert into seen (stream) values (?)", _stream + "-lost");
            session.Events.StartStream(_stream, new Opened("b"));
            await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => session.SaveChangesAsync());
        }

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var session = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
            session.Events.Append(_stream, 2, new Counted(1));
            await session.SaveChangesAsync();
        }

        Assert.Equal(2, (await database.EventsAsync(_stream)).Count);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from seen where stream = $1", _stream + "-lost"));
    }

    [Fact]
    public async Task A_session_reads_what_its_transaction_wrote()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var session = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction));
        session.Events.StartStream(_stream, new Opened("a"));
        await session.SaveChangesAsync();

        Assert.Single(await session.Events.FetchStreamAsync(_stream));
        Assert.Equal(1, (await session.Events.FetchStreamStateAsync(_stream))!.Version);
        Assert.Empty(await database.EventsAsync(_stream));
        await transaction.RollbackAsync();
        session.Events.Append(_stream, new Closed());
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.SaveChangesAsync());
    }

    [Fact]
    public async Task Numbers_are_drawn_in_one_order_and_committed_in_another_and_rolled_back_ones_are_gaps()
    {
        await using var early = await database.Source.OpenConnectionAsync();
        await using var lost = await database.Source.OpenConnectionAsync();
        await using var earlyTransaction = await early.BeginTransactionAsync();
        await using var lostTransaction = await lost.BeginTransactionAsync();
        await WriteAsync(earlyTransaction, _stream + "-1");
        await WriteAsync(lostTransaction, _stream + "-2");
        await database.SaveAsync(session => session.Events.StartStream(_stream + "-3", new Opened("late")));

        // The last number is there before the first.
        var last = Assert.Single(await database.EventsAsync(_stream + "-3")).Sequence;
        Assert.Empty(await database.EventsAsync(_stream + "-1"));
        await lostTransaction.RollbackAsync();
        await earlyTransaction.CommitAsync();

        Assert.True(Assert.Single(await database.EventsAsync(_stream + "-1")).Sequence < last - 1);
        Assert.Empty(await database.EventsAsync(_stream + "-2"));
    }

    [Fact]
    public async Task A_writer_that_expects_nothing_waits_for_the_one_that_holds_its_transaction_open()
    {
        await database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a")));
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var first = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction)))
        {
            first.Events.Append(_stream, new Counted(1));
            await first.SaveChangesAsync();
        }

        var second = database.SaveAsync(session => session.Events.Append(_stream, new Counted(2)));
        var expecting = database.SaveAsync(session => session.Events.Append(_stream, 2, new Counted(3)));
        await WaitForAsync(async () => await database.ScalarAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 2);
        await transaction.CommitAsync();
        await second;
        await Assert.ThrowsAsync<EventStreamUnexpectedMaxEventIdException>(() => expecting);

        Assert.Equal([1L, 2L, 3L], (await database.EventsAsync(_stream)).Select(e => e.Version));
    }

    private async Task WriteAsync(NpgsqlTransaction transaction, string stream)
    {
        await using var session = database.Store.LightweightSession(SessionOptions.ForTransaction(transaction));
        session.Events.StartStream(stream, new Opened("a"));
        await session.SaveChangesAsync();
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come to pass in 20 s");
            await Task.Delay(20);
        }
    }
}
