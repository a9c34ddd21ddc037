using Scalelite.EventStore;
using Scalelite.Messaging.Sending;

namespace Scalelite.Messaging.Handling;

/// <summary>
/// What belongs to one run of a handler, in its scope of services: the session of its transaction, if it took one, and what it sent.
/// Outside of a handler it is idle, and the bus of that scope stores messages at once.
/// </summary>
internal sealed class HandlerScope(IDocumentStore store) : IAsyncDisposable
{
    private readonly List<Envelope> _sent = [];
    private IDocumentSession? _session;
    private string? _causationId;

    /// <summary>Whether a handler runs in this scope.</summary>
    public bool Handles { get; private set; }

    public string? CorrelationId { get; private set; }

    /// <summary>The services of this scope.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>Ends the handler; its parameter of that type.</summary>
    public CancellationToken Cancellation { get; private set; }

    /// <summary>Whether the handler, or a service that it uses, took the session.</summary>
    public bool HasSession => _session is not null;

    public IReadOnlyList<Envelope> Sent => _sent;

    /// <summary>The session whose transaction acknowledges the message; opened when it is first asked for. It holds no connection until it is saved.</summary>
    public IDocumentSession Session => _session ??= Open();

    public void Begin(IServiceProvider services, string? correlationId, string? causationId, CancellationToken cancellation)
    {
        Handles = true;
        Services = services;
        CorrelationId = correlationId;
        _causationId = causationId;
        Cancellation = cancellation;
    }

    /// <summary>Adds a message to those that are stored with the handler's events.</summary>
    public void Send(object message)
    {
        lock (_sent) _sent.Add(Envelope.For(message, CorrelationId, _causationId));
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IDocumentSession Open()
    {
        var session = store.LightweightSession();
        if (!Handles) return session;
        session.CorrelationId = CorrelationId;
        session.CausationId = _causationId;
        session.SetHeader("actor", "worker");
        return session;
    }
}
