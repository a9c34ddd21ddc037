using System.CommandLine;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.History;

/// <summary>What <c>status</c>, <c>servers list</c> and <c>meetings list</c> print with <c>--at</c>: the same, and of when it is.</summary>
internal static class PastCommand
{
    /// <summary><c>--at</c>.</summary>
    public static Option<Moment> AtOption() => TimeOption.Create("--at", "As it was then, folded from the events");

    /// <summary>Prints rows of a moment.</summary>
    public static Task<int> WriteAsync<T>(
        CommandScope scope, Moment moment, bool asJson, Func<PoolMoment, IReadOnlyList<T>> read, Action<IReadOnlyList<T>> write, CancellationToken cancellation) =>
        WriteAsync(scope, moment, asJson, past => Task.FromResult(read(past)), write, cancellation);

    /// <summary>Prints rows of a moment.</summary>
    public static async Task<int> WriteAsync<T>(
        CommandScope scope, Moment moment, bool asJson, Func<PoolMoment, Task<IReadOnlyList<T>>> read, Action<IReadOnlyList<T>> write, CancellationToken cancellation)
    {
        var past = await scope.Get<PoolHistory>().AtAsync(moment.At(scope.Get<TimeProvider>().GetUtcNow()), cancellation);
        var rows = await read(past);
        if (asJson) return scope.WriteJson(new PastList<T>(AsOf.Of(past), rows));
        write(rows);
        await scope.Out.WriteLineAsync(AsOf.LineOf(past));
        return ExitCode.Done;
    }
}

/// <summary>Rows of a moment, for a program.</summary>
internal sealed record PastList<T>(AsOf AsOf, IReadOnlyList<T> Items);
