namespace Scalelite.Domain.Callbacks;

/// <summary>How far a callback is.</summary>
public enum CallbackState
{
    /// <summary>It is tried when it is due.</summary>
    Waiting,

    /// <summary>Its target took it, or said that it is gone.</summary>
    Delivered,

    /// <summary>It is not tried any more, unless a person wants it to be.</summary>
    Abandoned,
}

/// <summary>A call that a client is owed (stream <c>callback-{id}</c>), from what caused it to its end. Its events are in CallbackEvents.cs.</summary>
/// <param name="Attempts">Of all its life.</param>
/// <param name="Tries">Attempts since <paramref name="Since"/>.</param>
/// <param name="Since">When it was registered, or a person wanted it tried again: from then on it is tried for so long.</param>
/// <param name="DueAt">When it is tried next; null where it is over.</param>
public sealed record Callback(Guid CallbackId, CallbackState State, int Attempts, int Tries, DateTimeOffset Since, DateTimeOffset? DueAt)
{
    /// <summary>What it tells.</summary>
    public CallbackKind Kind { get; private init; }

    public static Callback Create(CallbackRegistered e) => new(e.CallbackId, CallbackState.Waiting, 0, 0, e.At, e.At) { Kind = e.Kind };

    public Callback Apply(CallbackAttempted e) => this with { Attempts = e.Attempt, Tries = Tries + 1, DueAt = e.NextAttemptAt };

    public Callback Apply(CallbackDelivered e) => this with { State = CallbackState.Delivered, Attempts = e.Attempt, DueAt = null };

    public Callback Apply(CallbackAbandoned e) => this with { State = CallbackState.Abandoned, Attempts = e.Attempt, DueAt = null };

    public Callback Apply(CallbackRetried e) => this with { State = CallbackState.Waiting, Tries = 0, Since = e.At, DueAt = e.At };

    /// <summary>What an attempt came to: it is over, or tried again later, the last time when <paramref name="retryFor"/> is over.</summary>
    /// <param name="attempt">Of all its life, from 1; a result of another than the next one changes nothing.</param>
    /// <param name="chance">From 0 to 1: spreads the calls of many that failed together.</param>
    public Decision Answered(int attempt, CallbackAnswer answer, TimeSpan retryFor, double chance, DateTimeOffset at)
    {
        if (State != CallbackState.Waiting || attempt != Attempts + 1) return Decision.Nothing;
        if (answer is { EndsIt: true, Status: { } status }) return Decision.Of(new CallbackDelivered(CallbackId, attempt, status, answer.ElapsedMs, at));
        if (!answer.MayBeTriedAgain) return Decision.Of(new CallbackAbandoned(CallbackId, attempt, answer.Status, answer.Outcome, at));

        var end = Since + retryFor;
        if (at >= end) return Decision.Of(new CallbackAbandoned(CallbackId, attempt, answer.Status, $"{answer.Outcome}; tried {Tries + 1} times", at));
        var next = at + CallbackSchedule.Pause(Tries + 1, chance);
        return Decision.Of(new CallbackAttempted(
            CallbackId, attempt, answer.Status, answer.Outcome, answer.ElapsedMs, next < end ? next : end, at));
    }

    /// <summary>A person wants it tried again, at once and for as long as a new one.</summary>
    public Decision Retry(DateTimeOffset at) => State switch
    {
        CallbackState.Abandoned => Decision.Of(new CallbackRetried(CallbackId, at)),
        CallbackState.Delivered => Decision.Refuse($"Callback {CallbackId} was delivered"),
        _ => Decision.Refuse($"Callback {CallbackId} is not given up: it is tried again at {DueAt:u}"),
    };
}

/// <summary>What came of one attempt.</summary>
/// <param name="Status">The HTTP status; null where there was no answer.</param>
/// <param name="Outcome">What happened, for people; no URL and no secret.</param>
/// <param name="MayBeTriedAgain">False where it would only be refused again: by our policy, or because its URL is lost.</param>
public sealed record CallbackAnswer(int? Status, string Outcome, int ElapsedMs, bool MayBeTriedAgain = true)
{
    /// <summary>The target took it (2xx), or is gone and says so (404, 410).</summary>
    public bool EndsIt => Status is >= 200 and < 300 or 404 or 410;
}

/// <summary>When a call that failed is tried again.</summary>
public static class CallbackSchedule
{
    private const double Spread = 0.2;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    /// <summary>The pause after so many failed tries: 1 s, 10 s, 30 s, 1, 2, 5, 10, 15, 30 minutes, then an hour each, give or take a fifth.</summary>
    /// <param name="chance">From 0, the shortest, to 1, the longest.</param>
    public static TimeSpan Pause(int tries, double chance) => Pauses[Math.Min(tries, Pauses.Length) - 1] * (1 - Spread + (2 * Spread * chance));
}
