using Scalelite.Domain.Meetings;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Meetings;

public sealed class InternalMeetingsTests : IAsyncLifetime
{
    private PoolHistory _history = null!;
    private InternalMeetings _internal = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        _internal = new InternalMeetings(_history.Database.Source);
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_run_is_found_by_every_id_that_it_ever_had_also_after_its_end()
    {
        var (moved, adopted, back) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await _history.AppendAsync(
            Given.Placed(moved, "room", "a", tenant: "t1"), Given.Started(moved, "a", "int-a"), Given.Moved(moved, "a", "int-a", "b", 80),
            Given.Started(moved, "b", "int-b", 81), Given.Ended(moved, "b", EndLearned.Polls, 90));
        await _history.AppendAsync(Given.Adopted(adopted, "found", "a", "int-found", tenant: "t2"));
        await _history.AppendAsync(
            Given.Placed(back, "lab", "a"), Given.Started(back, "a", "int-1"), Given.Moved(back, "a", "int-1", "b", 80),
            Given.MovedBack(back, "b", "int-2", "a", "int-3", 90));

        Assert.Equal(new InternalMeeting("int-a", moved, "t1", "room", "a"), await FindAsync("int-a"));
        Assert.Equal(new InternalMeeting("int-b", moved, "t1", "room", "b"), await FindAsync("int-b"));
        Assert.Equal(new InternalMeeting("int-found", adopted, "t2", "found", "a"), await FindAsync("int-found"));
        Assert.Equal((back, "a"), ((await FindAsync("int-1"))!.Instance, (await FindAsync("int-1"))!.ServerId));
        Assert.Equal((back, "b"), ((await FindAsync("int-2"))!.Instance, (await FindAsync("int-2"))!.ServerId));
        Assert.Equal((back, "a"), ((await FindAsync("int-3"))!.Instance, (await FindAsync("int-3"))!.ServerId));
        Assert.Null(await FindAsync("int-unknown"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_id_that_two_runs_name_is_the_first_ones_in_whichever_order_they_are_replayed(bool swapped)
    {
        // Of one millisecond, they would be in no order.
        var (placed, adopted) = (Guid.CreateVersion7(Given.At(1)), Guid.CreateVersion7(Given.At(2)));
        async Task Placed()
        {
            await _history.AppendAsync(Given.Placed(placed, "room", "a"), Given.Started(placed, "a", "int"), Given.Ended(placed, "a", EndLearned.Polls, 50));
        }

        async Task Adopted() => await _history.AppendAsync(Given.Adopted(adopted, "room", "a", "int", 60), Given.Ended(adopted, "a", EndLearned.Polls, 70));

        await (swapped ? Adopted() : Placed());
        await (swapped ? Placed() : Adopted());

        Assert.Equal(placed, (await FindAsync("int"))!.Instance);
    }

    private Task<InternalMeeting?> FindAsync(string id) => _internal.FindAsync(id, CancellationToken.None);
}
