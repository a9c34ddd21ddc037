using System.Diagnostics;
using Npgsql;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

/// <summary>A cluster in which nobody else writes: any writer in it holds the head back.</summary>
public sealed class QuietCluster : IAsyncLifetime
{
    internal PrivateCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Cluster = await PrivateCluster.StartAsync(PrivateCluster.TemporaryFolder(), new PrivateClusterOptions { Temporary = true, Durable = false });

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

public sealed class SafeHeadTests(QuietCluster quiet) : IClassFixture<QuietCluster>, IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await quiet.Cluster.CreateDatabaseAsync($"test_{Guid.NewGuid():n}"));
        using var host = await TestHost.CreateAsync(_database, [], []);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_empty_log_is_safe_at_once()
    {
        Assert.Equal(0, await new SafeHead(_database).WaitAsync());
    }

    [Fact]
    public async Task A_number_is_safe_a_second_after_it_was_drawn()
    {
        var number = await LogRows.WriteAsync(_database);
        var head = new SafeHead(_database);
        var watch = Stopwatch.StartNew();
        Assert.Equal(number, await head.WaitAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), Deadline);
        Assert.Equal(number, await head.WaitAsync());
    }

    [Fact]
    public async Task No_number_is_safe_while_a_smaller_one_may_still_be_committed()
    {
        await using var slow = await _database.OpenConnectionAsync();
        await using var open = await slow.BeginTransactionAsync();
        var first = await LogRows.WriteAsync(slow, "slow");
        var second = await LogRows.WriteAsync(_database, "fast");

        var head = new SafeHead(_database);
        var waiting = head.WaitAsync();
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromSeconds(2.5))));
        Assert.True(head.Number < first);

        await open.CommitAsync();
        Assert.Equal(second, await waiting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_writer_that_drew_its_number_before_it_had_a_transaction_id_is_waited_for()
    {
        await using var slow = await _database.OpenConnectionAsync();
        await using var open = await slow.BeginTransactionAsync();
        // Thirty-two numbers are logged at a time; the ones between are drawn without a transaction id.
        await LogRows.WriteAsync(_database);
        await using var draw = new NpgsqlCommand("select nextval('mt_events_sequence'), pg_current_xact_id_if_assigned()::text", slow);
        await using (var row = await draw.ExecuteReaderAsync())
        {
            await row.ReadAsync();
            Assert.True(row.IsDBNull(1));
        }

        var later = await LogRows.WriteAsync(_database);
        var head = new SafeHead(_database);
        await head.ObserveAsync();
        await using var write = new NpgsqlCommand("select pg_current_xact_id()::text", slow);
        await write.ExecuteScalarAsync();

        var waiting = head.WaitAsync();
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromSeconds(2.5))));
        await open.CommitAsync();
        Assert.Equal(later, await waiting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Who_follows_the_log_sees_every_event_once_and_in_order_whatever_order_they_commit_in()
    {
        const int Writers = 6;
        const int Each = 40;
        using var end = new CancellationTokenSource(Deadline + Deadline);
        var reader = new EventLogReader(_database);
        var seen = new List<long>();
        var following = Task.Run(async () =>
        {
            await foreach (var row in reader.FollowAsync(0, TimeSpan.FromMilliseconds(20), end.Token))
            {
                seen.Add(row.Sequence);
                if (seen.Count == Writers * Each) return;
            }
        });

        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var numbers = new List<long>();
            await using var connection = await _database.OpenConnectionAsync();
            for (var i = 0; i < Each; i++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                var number = await LogRows.WriteAsync(connection, $"writer-{writer}");
                // Some hold their number for long, some give it back.
                await Task.Delay((int)(number * 7919 % 13) * (writer == 0 ? 20 : 2));
                if (number % 11 == 0)
                {
                    await transaction.RollbackAsync();
                    i--;
                    continue;
                }

                await transaction.CommitAsync();
                numbers.Add(number);
            }

            return numbers;
        })));

        await following.WaitAsync(end.Token);
        Assert.Equal(written.SelectMany(numbers => numbers).Order(), seen);
    }
}
