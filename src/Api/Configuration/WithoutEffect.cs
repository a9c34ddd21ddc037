using Microsoft.Extensions.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Settings of a Scalelite installation that are accepted and do nothing; each is said once at the start.</summary>
internal static class WithoutEffect
{
    /// <summary>What has no place here, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Ignored = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["DB_CONNECTION_RETRY_COUNT"] = "connections to PostgreSQL are made again as long as the process runs",
        ["DEFAULT_MEETING_TTL"] = "a meeting ends when it ends",
        ["POLLER_WAIT_TIMEOUT"] = "a poll has CONNECT_TIMEOUT and RESPONSE_TIMEOUT",
        ["RAILS_ENV"] = "there is one environment",
        ["RAILS_LOG_TO_STDOUT"] = "logs always go to the console",
        ["RAILS_MAX_THREADS"] = "the runtime chooses its threads",
        ["REDIS_POOL"] = "there is no Redis",
        ["REDIS_URL"] = "there is no Redis",
        ["SCALELITE_API_PORT"] = "it belonged to Scalelite's containers; PORT is what counts",
        ["WEB_CONCURRENCY"] = "one process uses all processors",
    };

    /// <summary>Prefixes of settings that have no place here.</summary>
    public static readonly IReadOnlyDictionary<string, string> IgnoredPrefixes = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["NGINX_"] = "it belonged to Scalelite's containers",
    };

    /// <summary>Settings of capabilities that are not built yet.</summary>
    public static readonly IReadOnlyList<string> NotYetUsed =
    [
        "CALLBACK_DENY_PRIVATE", "CF_KEY_PAIR_ID", "CF_PRIVATE_KEY_B64", "CLOUDFRONT_URL",
        "DB_DISABLED", "DEFAULT_LOCALE", "END_CALLBACK", "GET_RECORDINGS_API_FILTERED",
        "PROTECTED_RECORDINGS_ENABLED", "PROTECTED_RECORDINGS_TIMEOUT", "PROTECTED_RECORDINGS_TOKEN_TIMEOUT",
        "RECORDING_DISABLED", "RECORDING_IMPORT_POLL", "RECORDING_IMPORT_POLL_INTERVAL", "RECORDING_IMPORT_UNPUBLISHED", "RECORDING_PLAYBACK_FORMATS",
        "RECORDING_PUBLISH_DIR", "RECORDING_SPOOL_DIR", "RECORDING_UNPUBLISH_DIR", "RECORDING_WORK_DIR", "S3_BUCKET_NAME", "S3_RECORDING",
    ];

    /// <summary>Prefixes of settings of capabilities that are not built yet.</summary>
    public static readonly IReadOnlyList<string> NotYetUsedPrefixes = ["AWS_"];

    /// <summary>Says each setting that is given and does nothing.</summary>
    public static void Announce(IConfiguration configuration, SettingsReader reader)
    {
        foreach (var (name, value) in configuration.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(value)) continue;
            if (Ignored.TryGetValue(name, out var why) || ByPrefix(name, out why))
                reader.Notice($"{name} is ignored: {why}");
            else if (NotYetUsed.Contains(name) || NotYetUsedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                reader.Notice($"{name} is accepted and not yet used");
        }
    }

    private static bool ByPrefix(string name, out string? why)
    {
        why = IgnoredPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix.Key, StringComparison.Ordinal)).Value;
        return why is not null;
    }
}
