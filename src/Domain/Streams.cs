using System.Globalization;

namespace Scalelite.Domain;

/// <summary>The keys of the streams. Ids in them are UUIDs or host names, never what a client chose.</summary>
public static class Streams
{
    /// <summary><c>server-{id}</c>: registration, administrative state and health of one server.</summary>
    public static string Server(string serverId) => $"server-{serverId}";

    /// <summary><c>polls-{server}-{yyyyMMdd}</c>: the polls of one server that began on that day (UTC).</summary>
    public static string Polls(string serverId, DateTimeOffset beganAt) => $"polls-{serverId}-{beganAt.UtcDateTime:yyyyMMdd}";

    /// <summary>The server and the day of such a stream; null for any other stream.</summary>
    public static (string ServerId, DateTimeOffset Day)? PolledDay(string stream) =>
        stream.StartsWith("polls-", StringComparison.Ordinal) && stream.Length > 15 && stream[^9] == '-'
        && DateTimeOffset.TryParseExact(stream[^8..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)
            ? (stream[6..^9], day)
            : null;

    /// <summary><c>meeting-{instance}</c>: one run of a meeting, from its placing to its end.</summary>
    public static string Meeting(Guid instance) => $"meeting-{instance}";

    /// <summary><c>joins-{process}-{yyyyMMddHH}</c>: the joins that one process routed in that hour (UTC).</summary>
    public static string Joins(Guid process, DateTimeOffset to) => $"joins-{process}-{to.UtcDateTime:yyyyMMddHH}";

    /// <summary>The process of such a stream; the empty UUID for any other stream.</summary>
    public static Guid JoiningProcess(string stream) =>
        stream.StartsWith("joins-", StringComparison.Ordinal) && stream.Length > 42 && Guid.TryParse(stream.AsSpan(6, 36), out var process) ? process : Guid.Empty;

    /// <summary>The run whose stream this is; null for another kind of stream.</summary>
    public static Guid? MeetingOf(string stream) => IdOf(stream, "meeting-");

    /// <summary><c>recording-{recordID}</c>: a recording, from its first import on. The id is its node's, checked by the import.</summary>
    public static string Recording(string recordId) => $"recording-{recordId}";

    /// <summary>The recording whose stream this is; null for another kind of stream.</summary>
    public static string? RecordingOf(string stream) =>
        stream.StartsWith("recording-", StringComparison.Ordinal) ? stream["recording-".Length..] : null;

    /// <summary><c>import-{id}</c>: one archive's way into the catalog.</summary>
    public static string Import(Guid import) => $"import-{import}";

    /// <summary><c>callback-{id}</c>: one call that a client is owed.</summary>
    public static string Callback(Guid callback) => $"callback-{callback}";

    /// <summary>The callback whose stream this is; null for another kind of stream.</summary>
    public static Guid? CallbackOf(string stream) => IdOf(stream, "callback-");

    /// <summary><c>hook-{id}</c>: a URL of a client that hears of what happens in meetings.</summary>
    public static string Hook(Guid hookId) => $"hook-{hookId}";

    /// <summary><c>tenant-{id}</c>: a tenant; the id is a UUID.</summary>
    public static string Tenant(string tenantId) => $"tenant-{tenantId}";

    /// <summary><c>token-{id}</c>: a token of the admin API.</summary>
    public static string AdminToken(Guid tokenId) => $"token-{tokenId}";

    /// <summary><c>dead-letter-{id}</c>: what people did with a message that had failed for good.</summary>
    public static string DeadLetter(Guid letterId) => $"dead-letter-{letterId}";

    /// <summary><c>server-days-{server}</c>: the polls of past days, a minute each.</summary>
    public static string ServerDays(string serverId) => $"server-days-{serverId}";

    /// <summary><c>join-days-{yyyyMMdd}</c>: the joins of a past day (UTC), a minute each.</summary>
    public static string JoinDays(DateTimeOffset day) => $"join-days-{day.UtcDateTime:yyyyMMdd}";

    /// <summary><c>log</c>: what was done to the log itself.</summary>
    public const string Log = "log";

    private static Guid? IdOf(string stream, string prefix) =>
        stream.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(stream.AsSpan(prefix.Length), "D", out var id) ? id : null;
}
