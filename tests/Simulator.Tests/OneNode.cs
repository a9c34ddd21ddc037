using System.Diagnostics;
using Xunit;

namespace Scalelite.Simulator.Tests;

/// <summary>A pool of one node for each test.</summary>
public abstract class OneNode : IAsyncLifetime
{
    private SimulatedPool? _pool;
    private BbbCaller? _caller;

    internal SimulatedPool Pool => _pool!;

    internal SimulatedNode Node => _pool!.Nodes[0];

    internal BbbCaller Bbb => _caller!;

    protected virtual SimulatedPoolOptions Options => new() { Nodes = 1 };

    public async Task InitializeAsync()
    {
        _pool = await SimulatedPool.StartAsync(Options);
        _caller = new BbbCaller(Node);
    }

    public async Task DisposeAsync() => await _pool!.DisposeAsync();

    internal static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"not within ten seconds: {what}");
            await Task.Delay(5);
        }
    }
}
