using System.Diagnostics;

namespace Scalelite.Messaging.Tests;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Eventually
{
    public static async Task Holds(Func<Task<bool>> condition, int seconds = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"It did not hold within {seconds} s");
            await Task.Delay(20);
        }
    }

    public static Task Holds(Func<bool> condition, int seconds = 20) => Holds(() => Task.FromResult(condition()), seconds);
}
