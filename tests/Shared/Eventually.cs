using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Scalelite.Testing;

/// <summary>The one way to wait in tests: for a condition, with a deadline, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="what">Told when it never does.</param>
    /// <exception cref="TimeoutException">It did not hold before the deadline.</exception>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, int seconds = 30)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(seconds)) throw new TimeoutException($"Not within {seconds} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="what">Told when it never does.</param>
    /// <exception cref="TimeoutException">It did not hold before the deadline.</exception>
    public static Task HoldsAsync(string what, Func<bool> condition, int seconds = 30) => HoldsAsync(what, () => Task.FromResult(condition()), seconds);

    /// <summary>The same for a condition that says by itself what it is.</summary>
    /// <exception cref="TimeoutException">It did not hold before the deadline.</exception>
    public static Task HoldsAsync(Func<Task<bool>> condition, int seconds = 30, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(what, condition, seconds);

    /// <summary>The same for a condition that says by itself what it is.</summary>
    /// <exception cref="TimeoutException">It did not hold before the deadline.</exception>
    public static Task HoldsAsync(Func<bool> condition, int seconds = 30, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(what, condition, seconds);
}
