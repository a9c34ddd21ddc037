using Npgsql;
using Scalelite.Domain.History;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;

namespace Scalelite.Projections.Servers;

/// <summary>A server as the read models know it.</summary>
/// <param name="Url">API base without a trailing slash.</param>
/// <param name="OfflineSince">When it went offline; null if it is not, or never was online.</param>
public sealed record PoolServer(
    string Id, string Url, string SecretFingerprint, AdministrativeState State, Health Health, DateTimeOffset? OfflineSince)
{
    /// <summary>May be given new meetings, as far as its state and health go.</summary>
    public bool TakesMeetings => State == AdministrativeState.Enabled && Health == Health.Online;

    /// <summary>Reads <c>enabled</c>, <c>cordoned</c>, <c>disabled</c>.</summary>
    public static AdministrativeState ReadState(string state) => state switch
    {
        "enabled" => AdministrativeState.Enabled,
        "cordoned" => AdministrativeState.Cordoned,
        "disabled" => AdministrativeState.Disabled,
        _ => throw new InvalidOperationException($"A server's state is '{state}'"),
    };

    /// <summary>Reads <c>online</c>, <c>suspect</c>, <c>offline</c>.</summary>
    public static Health ReadHealth(string health) => health switch
    {
        "online" => Health.Online,
        "suspect" => Health.Suspect,
        "offline" => Health.Offline,
        _ => throw new InvalidOperationException($"A server's health is '{health}'"),
    };

    /// <summary>Reads the columns id, url, secret_fingerprint, state, health, offline_since from <paramref name="first"/> on.</summary>
    public static PoolServer Read(NpgsqlDataReader row, int first) => new(
        row.GetString(first),
        row.GetString(first + 1),
        row.GetString(first + 2),
        ReadState(row.GetString(first + 3)),
        ReadHealth(row.GetString(first + 4)),
        row.IsDBNull(first + 5) ? null : row.GetFieldValue<DateTimeOffset>(first + 5));
}

/// <summary>A server with its load and what its last poll showed.</summary>
/// <param name="PolledAt">When the last poll began, good or bad.</param>
/// <param name="Failures">Failed polls in a row.</param>
/// <param name="Users">In the last answer, before anything since.</param>
/// <param name="Capacity">Users that it is meant for; null where nobody says.</param>
public sealed record LoadedServer(
    PoolServer Server,
    ServerLoad Load,
    string? Version,
    long Round,
    DateTimeOffset? PolledAt,
    int Failures,
    string? Error,
    int Users,
    int Videos,
    int LargestMeeting,
    int? Capacity = null)
{
    /// <summary>May be given new meetings: enabled, online, and its last poll did not fail.</summary>
    public bool TakesMeetings => Server.TakesMeetings && Failures == 0;

    /// <summary>The server as it was at another moment.</summary>
    /// <param name="load">At that moment.</param>
    public static LoadedServer Of(PastServer server, ServerLoad load) => new(
        new PoolServer(server.Id, server.Url, server.SecretFingerprint, server.State, server.Health, server.OfflineSince),
        load, server.Version, server.Round, server.PolledAt, server.Failures, server.Error, server.Users, server.Videos, server.LargestMeeting, server.Capacity);
}
