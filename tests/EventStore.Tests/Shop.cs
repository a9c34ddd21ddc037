namespace Scalelite.EventStore.Tests;

// The events, the aggregates and the read model of these tests.

internal enum Colour
{
    Red,
    DeepBlue,
}

internal sealed record Opened(string Name);

internal sealed record Painted(Colour Colour, string? By, DateTimeOffset At, decimal Price, IReadOnlyList<int> Coats);

internal sealed record Counted(long N);

internal sealed record Closed;

/// <summary>Changes in place, and begins without a <c>Create</c>.</summary>
internal sealed class Tally
{
    public long Sum { get; private set; }

    public List<long> Versions { get; } = [];

    public void Apply(Counted counted) => Sum += counted.N;

    private void Apply(IEvent<Opened> opened) => Versions.Add(opened.Version);
}

/// <summary>Begins with a <c>Create</c> only: nothing else can begin it.</summary>
internal sealed record Shop(string Key, string Name, int Changes)
{
    public static Shop Create(IEvent<Opened> opened) => new(opened.StreamKey!, opened.Data.Name, 0);

    public Shop Apply(object _) => this with { Changes = Changes + 1 };

    public Shop Apply(Closed _) => this with { Name = "" };
}

/// <summary>A row for each event that it was shown, as it was shown.</summary>
internal sealed class SeenEvents : IProjection
{
    public const string Table = "create table seen (stream text, type text, version bigint, sequence bigint, at timestamptz)";

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var e in events)
            operations.QueueSqlCommand("insert into seen values (?, ?, ?, ?, ?)", e.StreamKey!, e.EventTypeName, e.Version, e.Sequence, e.Timestamp);
        return Task.CompletedTask;
    }
}
