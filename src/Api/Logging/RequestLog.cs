namespace Scalelite.Api.Logging;

/// <summary>What is said of one BBB call, once, when it was answered. There is no place in it for a query, a password or a name.</summary>
/// <param name="Call">The call's name, <c>create</c>.</param>
/// <param name="Outcome"><c>SUCCESS</c>, a message key of BBB's, <c>302</c>, or what else the caller got.</param>
/// <param name="Elapsed">From the request's arrival to its answer.</param>
/// <param name="CorrelationId">The request's id, as its events bear it.</param>
internal sealed record RequestLine(string Call, string Outcome, TimeSpan Elapsed, string CorrelationId)
{
    /// <summary>Empty without tenants.</summary>
    public string? TenantId { get; init; }

    /// <summary>The meetingID that the client chose.</summary>
    public string? MeetingId { get; init; }

    /// <summary>The node's id of the run, where it is known.</summary>
    public string? InternalMeetingId { get; init; }

    /// <summary>The server that answered or should have.</summary>
    public string? ServerId { get; init; }
}

/// <summary>Writes one line for each BBB call.</summary>
internal static partial class RequestLog
{
    private const int LongestText = 256;

    /// <summary>Writes the line.</summary>
    public static void Answered(this ILogger logger, RequestLine line)
    {
        var (call, outcome, milliseconds) = (Clean(line.Call), Clean(line.Outcome), (long)line.Elapsed.TotalMilliseconds);
        var (meetingId, internalMeetingId, serverId) = (Clean(line.MeetingId), Clean(line.InternalMeetingId), Clean(line.ServerId));
        var (tenantId, correlationId) = (Clean(line.TenantId), Clean(line.CorrelationId));
        Log.Answered(logger, call, outcome, milliseconds, meetingId, internalMeetingId, serverId, tenantId, correlationId);
    }

    /// <summary>What clients chose must not start lines of its own.</summary>
    private static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "-";
        if (text.Length > LongestText) text = text[..LongestText];
        return text.Any(char.IsControl) ? string.Create(text.Length, text, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
        }) : text;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1, Level = LogLevel.Information,
            Message = "{Call} {Outcome} {Milliseconds} ms, meeting {MeetingId} ({InternalMeetingId}), server {ServerId}, tenant {TenantId}, request {CorrelationId}")]
        public static partial void Answered(
            ILogger logger, string call, string outcome, long milliseconds, string meetingId, string internalMeetingId, string serverId, string tenantId,
            string correlationId);
    }
}
