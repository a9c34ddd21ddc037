using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Scalelite.Projections.Tests;

public sealed class ConcurrentEventsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Stories = 30;
    private const int OrdersOfEach = 3;

    private PoolHistory _history = null!;
    private IHost _log = null!;
    private NpgsqlConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        _log = await TestHost.CreateAsync(_history.Database.Source, [.. DomainEvents.Types], []);
        _connection = await _history.Database.Source.OpenConnectionAsync();
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        _log.Dispose();
        await _history.DisposeAsync();
    }

    [Fact]
    public void Concurrent_events_of_different_streams_give_the_same_rows_in_any_order()
    {
        var swapped = 0;
        var stories =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from choices in Gen.ArrayOf(Gen.Choose(0, 15).Select(choice => (byte)choice), 140)
            select (Seed: seed, Choices: choices);
        Prop.ForAll(Arb.From(stories, Shorter), async story =>
        {
            var told = RandomStory.Of(story.Seed, story.Choices);
            var events = await ReadAsync(told);
            var expected = await RowsAsync(events);
            for (var i = 0; i < OrdersOfEach; i++)
            {
                var order = told.Shuffled(new Random(story.Seed + i));
                swapped += order.Where((number, place) => number != place).Count();
                Assert.Equal(expected, await RowsAsync([.. order.Select(number => events[number])]));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories).WithReplay(20260302UL, 77UL));

        output.WriteLine($"{swapped} events stood elsewhere");
        Assert.True(swapped > Stories * OrdersOfEach * 20, $"only {swapped} events stood elsewhere");
    }

    /// <summary>A story with every choice of one half or a quarter left out.</summary>
    private static IEnumerable<(int Seed, byte[] Choices)> Shorter((int Seed, byte[] Choices) story)
    {
        for (var length = story.Choices.Length / 2; length >= 1; length /= 2)
        {
            for (var from = 0; from + length <= story.Choices.Length; from += length)
            {
                yield return (story.Seed, [.. story.Choices[..from], .. story.Choices[(from + length)..]]);
            }
        }
    }

    /// <summary>The events as the store writes and reads them.</summary>
    private async Task<List<IEvent>> ReadAsync(Story story)
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        await using var session = _log.Services.GetRequiredService<IDocumentStore>().LightweightSession(SessionOptions.ForTransaction(transaction));
        foreach (var told in story.Events) session.Events.Append(told.Stream, told.Event);
        await session.SaveChangesAsync();
        var rows = await EventLogReader.ReadBatchAsync(_connection, 0, long.MaxValue, int.MaxValue, CancellationToken.None);
        var streams = rows.GroupBy(row => row.Stream).ToDictionary(rows => rows.Key, rows => new Queue<EventRow>(rows));
        return [.. story.Events.Select(told => _history.Read(streams[told.Stream].Dequeue()))];
    }

    /// <summary>What the projections make of the events in this order; nothing stays.</summary>
    private async Task<string[]> RowsAsync(IReadOnlyList<IEvent> events)
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        await using var session = _log.Services.GetRequiredService<IDocumentStore>().LightweightSession(SessionOptions.ForTransaction(transaction));
        foreach (var model in ReadModels.All) await model.Projection.ApplyAsync(session, events, CancellationToken.None);
        await session.SaveChangesAsync();
        return await ReadModelRows.ReadAsync(_connection);
    }
}
