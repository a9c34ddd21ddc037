using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite status</c>: the pool at a glance.</summary>
internal static class StatusCommand
{
    private static readonly Column<ServerRow>[] Columns =
    [
        new("host", row => new Uri(row.Url).Authority),
        new("state", row => row.State.ToString().ToLowerInvariant()),
        new("status", row => row.Health.ToString().ToLowerInvariant()),
        new("meetings", row => Number(row.Meetings), IsNumber: true),
        new("users", row => Number(row.Users), IsNumber: true),
        new("capacity", row => row.Capacity is { } capacity ? Number(capacity) : null, IsNumber: true),
        new("largest meeting", row => Number(row.LargestMeeting), IsNumber: true),
        new("videos", row => Number(row.Videos), IsNumber: true),
        new("load", row => row.Load?.ToString("0.##", CultureInfo.InvariantCulture) ?? "unavailable", IsNumber: true),
        new("tag", row => row.Tag),
        new("version", row => row.BbbVersion),
        new("removable", row => row.Removable switch { true => "yes", false => "no", null => null }),
    ];

    private static readonly Column<ServerRow> WaitsFor = new("waits for", row => string.Join("; ", row.WaitsFor ?? []));

    public static Command Create()
    {
        var wide = new Option<bool>("--wide") { Description = "Also what each server waits for before it can be removed" };
        var json = CommonOptions.Json();
        return new Command("status", "Show the servers with their meetings, users and load") { wide, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var servers = await RemovableRow.WithAsync(scope, await ServerRow.ListAsync(scope, cancellation), cancellation);
            var code = scope.WriteList(servers, scope.Get(json), "No servers are configured", scope.Get(wide) ? [.. Columns, WaitsFor] : Columns);
            if (!scope.Get(json) && HeadroomOf(servers) is { } headroom)
            {
                await scope.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Room for {headroom.Left} more users of {headroom.Capacity}; without the largest server for {headroom.WithoutLargest}"));
            }

            return code;
        });
    }

    /// <summary>Of the servers that take meetings and say how many users they are meant for.</summary>
    internal static Headroom? HeadroomOf(IReadOnlyList<ServerRow> servers) => Headroom.Of([.. servers
        .Where(server => server is { State: AdministrativeState.Enabled, Health: Health.Online, Capacity: not null })
        .Select(server => new MeantFor(server.Capacity!.Value, server.Users))]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
