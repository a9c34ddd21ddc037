namespace Scalelite.Messaging;

/// <summary>How the bus delivers; section <c>Messaging</c> of the configuration.</summary>
public sealed class MessagingOptions
{
    /// <summary>Handlers that run at the same time in this process.</summary>
    public int MaxInFlight { get; set; } = 128;

    /// <summary>Handlers' transactions that are saved at the same time: the rest of the connection pool is the API's.</summary>
    public int MaxSaving { get; set; } = 16;

    /// <summary>The longest pause between two looks for due messages, when there was nothing to do.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A message whose handler's process gave no sign for this long goes to another.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The time between two renewals of all leases that this process holds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after the first, second, … failure; one failure more and the message is a dead letter. Null for 0.2 s, 1 s, 5 s.</summary>
    public IReadOnlyList<TimeSpan>? RetryDelays { get; set; }

    /// <summary>How often a handler is run again at once because another writer of its stream was first.</summary>
    public int ConflictRetries { get; set; } = 5;

    /// <summary>A handler that takes longer is cancelled, which counts as a failure.</summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a stop waits for the handlers that run, before it cancels them and gives their messages back.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IReadOnlyList<TimeSpan> Delays => RetryDelays ?? DefaultDelays;

    private static readonly TimeSpan[] DefaultDelays = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    /// <summary>Says which value cannot be right.</summary>
    internal void Validate()
    {
        Positive(MaxInFlight, nameof(MaxInFlight));
        Positive(MaxSaving, nameof(MaxSaving));
        Positive(PollInterval.Ticks, nameof(PollInterval));
        Positive(HandlerTimeout.Ticks, nameof(HandlerTimeout));
        Positive(HeartbeatInterval.Ticks, nameof(HeartbeatInterval));
        Positive(LeaseDuration.Ticks, nameof(LeaseDuration));
        if (ConflictRetries < 0) throw new ArgumentException("Messaging:ConflictRetries must not be negative");
        if (StopTimeout < TimeSpan.Zero) throw new ArgumentException("Messaging:StopTimeout must not be negative");
    }

    private static void Positive(long value, string name)
    {
        if (value <= 0) throw new ArgumentException($"Messaging:{name} must be more than 0");
    }
}
