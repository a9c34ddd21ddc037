namespace Scalelite.EventLog;

/// <summary>An event as it lies in <c>mt_events</c>, its JSON unread.</summary>
/// <param name="Sequence">Its number in the log.</param>
/// <param name="Stream">The key of its stream.</param>
/// <param name="Version">Its place in its stream, from 1.</param>
/// <param name="Type">The stored name of its type, <c>server_registered</c>.</param>
/// <param name="Data">The event as JSON.</param>
/// <param name="Headers">A JSON object, the JSON value <c>null</c>, or null.</param>
public sealed record EventRow(
    long Sequence,
    Guid Id,
    string Stream,
    long Version,
    string Type,
    string Data,
    DateTimeOffset Timestamp,
    string? CorrelationId,
    string? CausationId,
    string? Headers);
