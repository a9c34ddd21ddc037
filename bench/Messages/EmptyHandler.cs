namespace Scalelite.Bench.Messages;

/// <summary>A message of the size that polls have.</summary>
public sealed record Ping(Guid Server, int Round);

/// <summary>Counts what it handles.</summary>
public sealed class Tally
{
    private int _handled;

    public int Handled => Volatile.Read(ref _handled);

    public void Add() => Interlocked.Increment(ref _handled);
}

public static class EmptyHandler
{
    public static void Handle(Ping ping, Tally tally) => tally.Add();
}
