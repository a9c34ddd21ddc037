using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Settings of a Scalelite installation that are accepted and do nothing; each is said once at the start.</summary>
internal static class WithoutEffect
{
    private const string Containers = "it belonged to Scalelite's containers";

    /// <summary>What has no place here, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Ignored = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["DB_CONNECTION_RETRY_COUNT"] = "connections to PostgreSQL are made again as long as the process runs",
        ["DEFAULT_MEETING_TTL"] = "a meeting ends when it ends",
        ["PIDFILE"] = "a supervisor knows its processes",
        ["POLLER_WAIT_TIMEOUT"] = "a poll has CONNECT_TIMEOUT and RESPONSE_TIMEOUT",
        ["RAILS_ENV"] = "there is one environment",
        ["RAILS_LOG_TO_STDOUT"] = "logs always go to the console",
        ["RAILS_MAX_THREADS"] = "the runtime chooses its threads",
        ["RAILS_MIN_THREADS"] = "the runtime chooses its threads",
        ["RAILS_SERVE_STATIC_FILES"] = "recordings are always served",
        ["REDIS_NAMESPACE"] = "there is no Redis; import-scalelite has --redis-namespace",
        ["REDIS_POOL"] = "there is no Redis",
        ["REDIS_URL"] = "there is no Redis",
        ["SCALELITE_API_EXTRA_OPTS"] = Containers,
        ["SCALELITE_API_PORT"] = "it belonged to Scalelite's containers; PORT is what counts",
        ["SCALELITE_NGINX_EXTRA_OPTS"] = Containers,
        ["SCALELITE_POLLER_EXTRA_OPTS"] = Containers,
        ["SCALELITE_RECORDING_DIR"] = "it belonged to Scalelite's containers; RECORDING_SPOOL_DIR, RECORDING_PUBLISH_DIR and RECORDING_UNPUBLISH_DIR are what counts",
        ["SCALELITE_RECORDING_IMPORTER_EXTRA_OPTS"] = Containers,
        ["SCALELITE_TAG"] = Containers,
        ["WEB_CONCURRENCY"] = "one process uses all processors",
    };

    /// <summary>Prefixes of settings that have no place here.</summary>
    public static readonly IReadOnlyDictionary<string, string> IgnoredPrefixes = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["NGINX_"] = Containers,
    };

    /// <summary>Those that are given, in order, and why each does nothing.</summary>
    public static IEnumerable<(string Name, string Why)> Given(IConfiguration configuration)
    {
        foreach (var (name, value) in configuration.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!string.IsNullOrWhiteSpace(value) && (Ignored.TryGetValue(name, out var why) || ByPrefix(name, out why))) yield return (name, why);
        }
    }

    /// <summary>Says each setting that is given and does nothing.</summary>
    public static void Announce(IConfiguration configuration, SettingsReader reader)
    {
        foreach (var (name, why) in Given(configuration)) reader.Notice($"{name} is ignored: {why}");
    }

    private static bool ByPrefix(string name, [NotNullWhen(true)] out string? why)
    {
        why = IgnoredPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix.Key, StringComparison.Ordinal)).Value;
        return why is not null;
    }
}
