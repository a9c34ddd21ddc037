using System.Text.Json.Serialization;
using Scalelite.Api.CommandLine.History;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.History;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary>A server as commands print it; the names are the admin API's. Never its secret.</summary>
/// <param name="Load">In users, times the multiplier; null where no poll has shown it yet or it is offline.</param>
/// <param name="LargestMeeting">Users of it; null where the poll that showed it is pruned.</param>
/// <param name="Capacity">Users that it is meant for; null where nobody says.</param>
/// <param name="Removable">Whether it can be taken away without anybody losing anything; null where that was not asked for.</param>
/// <param name="WaitsFor">What it holds that somebody would lose, a sentence each.</param>
/// <param name="AsOf">The moment that this was so; null: now.</param>
/// <param name="Online"><c>online</c> or <c>offline</c>, as Scalelite says it; see <paramref name="Health"/> for more.</param>
internal sealed record ServerRow(
    string Id,
    string Url,
    string? Tag,
    string? BbbVersion,
    AdministrativeState State,
    Health Health,
    string Online,
    decimal? Load,
    decimal LoadMultiplier,
    int Meetings,
    int Users,
    int? LargestMeeting,
    int Videos,
    int? Capacity,
    DateTimeOffset? PolledAt,
    string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Removable = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? WaitsFor = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AsOf? AsOf = null)
{
    public static ServerRow From(LoadedServer server)
    {
        var known = server.Load.PolledAt is not null && server.Server.Health != Health.Offline;
        return new ServerRow(
            server.Server.Id,
            server.Server.Url,
            server.Load.Tag,
            server.Version,
            server.Server.State,
            server.Server.Health,
            server.Server.Health == Health.Offline ? "offline" : "online",
            known ? (server.Load.Seen + server.Load.Unseen) * server.Load.Multiplier : null,
            server.Load.Multiplier,
            server.Load.Meetings,
            server.Users,
            server.LargestMeeting,
            server.Videos,
            server.Capacity,
            server.PolledAt,
            server.Error);
    }

    /// <summary>Every server as it was, in order of registration.</summary>
    public static IReadOnlyList<ServerRow> Of(PoolMoment moment, PlacementSettings placement) =>
    [
        .. moment.Servers(placement.MinimumUsers, placement.JoinBuffer).Select(server =>
        {
            var row = From(server);
            return moment.Pruned.TryGetValue(row.Id, out var minute) ? row with { LargestMeeting = null, Load = minute.Load is null ? null : row.Load } : row;
        }),
    ];

    /// <summary>Every server, in order of registration.</summary>
    public static async Task<IReadOnlyList<ServerRow>> ListAsync(CommandScope scope, CancellationToken cancellation)
    {
        var placement = scope.Settings.Placement;
        var youngSince = scope.Get<TimeProvider>().GetUtcNow() - placement.JoinBuffer;
        return [.. (await scope.Get<ServerPool>().ListAsync(placement.MinimumUsers, youngSince, cancellation)).Select(From)];
    }
}
