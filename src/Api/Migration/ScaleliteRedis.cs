using System.Globalization;

namespace Scalelite.Api.Migration;

/// <summary>A server of Scalelite's.</summary>
/// <param name="State">enabled, cordoned or disabled.</param>
internal sealed record ScaleliteServer(string Id, string Url, string Secret, string State, decimal LoadMultiplier, string? Tag);

/// <summary>A tenant of Scalelite's.</summary>
/// <param name="Secrets">Those that its clients may sign with.</param>
/// <param name="Lrs">Its hash, for the keys that begin with <c>lrs_</c> and <c>kc_</c>.</param>
internal sealed record ScaleliteTenant(string Id, string Name, IReadOnlyList<string> Secrets, IReadOnlyDictionary<string, string> Lrs);

/// <summary>A tenant's parameter.</summary>
internal sealed record ScaleliteSetting(string TenantId, string Param, string Value, bool Override);

/// <summary>A meeting that Scalelite takes for live.</summary>
internal sealed record ScaleliteMeeting(string MeetingId, string ServerId, string? TenantId);

/// <summary>What a Scalelite keeps in Redis.</summary>
internal sealed record ScaleliteState(
    IReadOnlyList<ScaleliteServer> Servers,
    IReadOnlyList<ScaleliteTenant> Tenants,
    IReadOnlyList<ScaleliteSetting> Settings,
    IReadOnlyList<ScaleliteMeeting> Meetings,
    IReadOnlyList<string> Unreadable)
{
    /// <summary>There is nothing: most often another namespace was meant.</summary>
    public bool IsEmpty => Servers.Count + Tenants.Count + Meetings.Count + Unreadable.Count == 0;
}

/// <summary>
/// Reads a Scalelite's Redis: the sets <c>servers</c>, <c>server_enabled</c>, <c>tenants</c>, <c>tenant_settings:{tenant}</c> and
/// <c>meetings</c>, and the hashes that they name, each key below the namespace.
/// </summary>
internal static class ScaleliteRedis
{
    /// <summary>Reads all of it.</summary>
    /// <param name="prefix">REDIS_NAMESPACE, <c>scalelite</c> where it was not set.</param>
    /// <exception cref="RedisException">Redis did not answer.</exception>
    public static async Task<ScaleliteState> ReadAsync(RedisReader redis, string prefix, CancellationToken cancellation)
    {
        string Key(string key) => prefix.Length == 0 ? key : $"{prefix}:{key}";
        async Task<List<(string Id, IReadOnlyDictionary<string, string> Hash)>> ListAsync(string set, string hash)
        {
            var ids = await redis.MembersAsync(Key(set), cancellation);
            var hashes = await redis.HashesAsync([.. ids.Select(id => Key($"{hash}:{id}"))], cancellation);
            // An id whose hash has expired is no server and no meeting any more.
            return [.. ids.Zip(hashes).Where(pair => pair.Second.Count > 0)];
        }

        var unreadable = new List<string>();
        var enabled = (await redis.MembersAsync(Key("server_enabled"), cancellation)).ToHashSet(StringComparer.Ordinal);
        var servers = new List<ScaleliteServer>();
        foreach (var (id, hash) in await ListAsync("servers", "server"))
        {
            if (Server(id, hash, enabled.Contains(id)) is { } server) servers.Add(server);
            else unreadable.Add($"server {id}: it has no URL or no secret");
        }

        var tenants = new List<ScaleliteTenant>();
        var settings = new List<ScaleliteSetting>();
        foreach (var (id, hash) in await ListAsync("tenants", "tenant"))
        {
            tenants.Add(new ScaleliteTenant(
                id,
                hash.GetValueOrDefault("name", ""),
                hash.GetValueOrDefault("secrets", "").Split(':', StringSplitOptions.RemoveEmptyEntries),
                hash.Where(pair => pair.Key.StartsWith("lrs_", StringComparison.Ordinal) || pair.Key.StartsWith("kc_", StringComparison.Ordinal))
                    .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)));
            foreach (var (_, setting) in await ListAsync($"tenant_settings:{id}", "tenant_setting"))
            {
                settings.Add(new ScaleliteSetting(
                    id, setting.GetValueOrDefault("param", ""), setting.GetValueOrDefault("value", ""), setting.GetValueOrDefault("override") == "true"));
            }
        }

        // Of several tenants with one name Scalelite lets in the clients of the one that its index names: that one is the first.
        var indexed = (await redis.HashesAsync([.. tenants.Select(tenant => Key($"tenant_name:{tenant.Name}"))], cancellation))
            .Select(index => index.GetValueOrDefault("id")).ToHashSet();
        tenants = [.. tenants.OrderBy(tenant => !indexed.Contains(tenant.Id))];
        var meetings = (await ListAsync("meetings", "meeting")).Select(meeting => new ScaleliteMeeting(
            meeting.Id, meeting.Hash.GetValueOrDefault("server_id", ""), NotEmpty(meeting.Hash.GetValueOrDefault("tenant_id"))));
        return new ScaleliteState(servers, tenants, settings, [.. meetings], unreadable);
    }

    private static ScaleliteServer? Server(string id, IReadOnlyDictionary<string, string> hash, bool enabled) =>
        hash.GetValueOrDefault("url") is { Length: > 0 } url && hash.GetValueOrDefault("secret") is { Length: > 0 } secret
            ? new ScaleliteServer(
                id,
                url,
                secret,
                // Servers of before there were states have none.
                NotEmpty(hash.GetValueOrDefault("state")) ?? (enabled ? "enabled" : "disabled"),
                decimal.TryParse(hash.GetValueOrDefault("load_multiplier"), NumberStyles.Number, CultureInfo.InvariantCulture, out var multiplier) && multiplier > 0
                    ? multiplier
                    : 1,
                NotEmpty(hash.GetValueOrDefault("tag")))
            : null;

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
