using System.Collections.Concurrent;

namespace Scalelite.Messaging.Tests;

public enum Urgency
{
    Low,
    High,
}

/// <summary>A message whose handler does what the test says.</summary>
public sealed record Errand(string Key, Urgency Urgency = Urgency.Low);

/// <summary>A message whose handler takes no session and writes the key down.</summary>
public sealed record Note(string Key);

public sealed record ErrandRun(string Key, string By);

/// <summary>One host's, so that a test knows which host ran what.</summary>
public sealed class Desk(string name)
{
    private readonly ConcurrentQueue<(string Key, DateTimeOffset At)> _notes = new();
    private int _runs;

    public string Name => name;

    /// <summary>What the handler of <see cref="Errand"/> does.</summary>
    public Func<ErrandCall, Task<OutgoingMessages>> Does { get; set; } = _ => Task.FromResult(new OutgoingMessages());

    /// <summary>How often that handler began.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public IReadOnlyCollection<(string Key, DateTimeOffset At)> Notes => _notes;

    public int NotesOf(string key) => _notes.Count(note => note.Key == key);

    public void Write(string key) => _notes.Enqueue((key, DateTimeOffset.UtcNow));

    public Task<OutgoingMessages> Run(ErrandCall call)
    {
        Interlocked.Increment(ref _runs);
        return Does(call);
    }
}

public sealed record ErrandCall(Errand Errand, IDocumentSession Session, IMessageBus Bus, CancellationToken Cancellation);

public sealed class ErrandHandler(Desk desk)
{
    public Task<OutgoingMessages> HandleAsync(Errand errand, IDocumentSession session, IMessageBus bus, CancellationToken cancellation) =>
        desk.Run(new(errand, session, bus, cancellation));
}

public static class NoteHandler
{
    public static void Handle(Note note, Desk desk) => desk.Write(note.Key);
}
