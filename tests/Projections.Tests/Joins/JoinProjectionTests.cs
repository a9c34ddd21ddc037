using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Joins;

public sealed class JoinProjectionTests : IAsyncLifetime
{
    private readonly Guid _run = Guid.CreateVersion7();
    private PoolHistory _history = null!;

    public async Task InitializeAsync() => _history = await PoolHistory.CreateAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task Joins_of_a_meeting_that_moved_between_two_writes_are_all_counted()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a"), Given.Started(_run, "a", "int"), Given.Moved(_run, "a", "int", "b", 80));
        await _history.AppendAsync(Given.Joins(81, (_run, "a", 2), (_run, "b", 3)));

        Assert.Equal(5, await JoinsAsync(_run));
    }

    [Fact]
    public async Task Joins_that_are_written_after_the_placement_failed_do_not_count_on_the_next_server()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a"), Given.Failed(_run, "a", PlacementFailure.Uncertain, 5), Given.Placed(_run, "room", "b", 6));
        await _history.AppendAsync(Given.Joins(7, (_run, "a", 2), (_run, "b", 3)));

        Assert.Equal(3, await JoinsAsync(_run));
    }

    [Fact]
    public async Task Joins_that_are_written_after_the_end_leave_nothing()
    {
        await _history.AppendAsync(Given.Placed(_run, "room", "a"), Given.Started(_run, "a", "int"), Given.Ended(_run, "a", EndLearned.EndCall, 5));
        await _history.AppendAsync(Given.Joins(6, (_run, "a", 2)));

        Assert.Equal(0L, await _history.Database.ScalarAsync<long>("select count(*) from meeting_joins"));
    }

    [Fact]
    public async Task Processes_that_write_joins_of_the_same_meetings_at_once_neither_fail_nor_lose_any()
    {
        var runs = Enumerable.Range(0, 60).Select(n => (Id: Guid.NewGuid(), MeetingId: $"room {n}")).ToArray();
        await _history.AppendAsync(runs.Select(run => (object)Given.Placed(run.Id, run.MeetingId, "a")));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async process =>
        {
            var random = new Random(process);
            for (var second = 0; second < 15; second++)
            {
                var inAnyOrder = runs.ToArray();
                random.Shuffle(inAnyOrder);
                await using var session = _history.Store.LightweightSession();
                session.Events.Append(
                    Streams.Joins(new Guid(process, 0, 0, new byte[8]), Given.Start), Given.Joins(second, [.. inAnyOrder.Select(run => (run.Id, "a", 1))]));
                await session.SaveChangesAsync();
            }
        }));

        Assert.All(await _history.Database.RowsAsync("select joins from meeting_joins"), row => Assert.Equal(6 * 15L, row[0]));
    }

    private Task<long> JoinsAsync(Guid instance) => _history.Database.ScalarAsync<long>("select joins from meeting_joins where instance = $1", instance);
}
