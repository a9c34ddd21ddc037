namespace Scalelite.Domain;

/// <summary>What a command came to: events to append, none where it changes nothing, or a refusal.</summary>
public sealed record Decision
{
    private Decision(IReadOnlyList<object> events, string? refusal)
    {
        Events = events;
        Refusal = refusal;
    }

    /// <summary>It is so already.</summary>
    public static Decision Nothing { get; } = new([], null);

    /// <summary>To be appended in this order; empty where nothing changes or it was refused.</summary>
    public IReadOnlyList<object> Events { get; }

    /// <summary>Why not, as a sentence for the person who asked; null where it was not refused.</summary>
    public string? Refusal { get; }

    /// <summary>These events.</summary>
    public static Decision Of(params object[] events) => new(events, null);

    /// <summary>No, because of this.</summary>
    public static Decision Refuse(string reason) => new([], reason);
}
