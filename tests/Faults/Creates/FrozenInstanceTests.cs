using System.Collections.Concurrent;
using System.Diagnostics;
using System.Xml.Linq;
using Scalelite.Testing;

namespace Scalelite.Faults.Creates;

/// <summary>A process that stands still in the middle of its creates: a paused virtual machine, a long swap.</summary>
public sealed class FrozenInstanceTests
{
    // idle_in_transaction_session_timeout ends what the frozen one holds after two seconds; the rest is slack.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_frozen_instance_keeps_nobody_from_creating_and_goes_on_when_it_thaws()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan { Nodes = 4, Instances = 2 });
        var (well, frozen) = (pool.Processes[0], pool.Processes[1]);
        var created = new ConcurrentBag<(string Id, XElement Answer)>();
        var stopped = false;
        var n = 0;
        var busy = Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (!Volatile.Read(ref stopped)) await CreateAsync(frozen, $"there-{Interlocked.Increment(ref n)}");
        }));
        for (var freeze = 0; freeze < 3; freeze++)
        {
            var before = created.Count;
            await Eventually.HoldsAsync("it is busy creating", () => created.Count > before + 20);
            await frozen.FreezeAsync();
            for (var i = 0; i < 5; i++)
            {
                var began = Stopwatch.GetTimestamp();
                (await CreateAsync(well, $"here-{freeze}-{i}")).ShouldSucceed();
                Assert.True(Stopwatch.GetElapsedTime(began) < Soon, $"a create took {Stopwatch.GetElapsedTime(began)}");
            }

            await frozen.ThawAsync();
        }

        Volatile.Write(ref stopped, true);
        await busy;
        Assert.All(created, create => create.Answer.ShouldSucceed());
        Assert.All(created, create => Assert.Single(pool.Simulated.Nodes, node => node.Meeting(create.Id)?.InternalMeetingID == create.Answer.Of("internalMeetingID")));

        async Task<XElement> CreateAsync(ScaleliteProcess process, string id)
        {
            var answer = await process.Lms.CreateAsync(id);
            created.Add((id, answer));
            return answer;
        }
    }
}
