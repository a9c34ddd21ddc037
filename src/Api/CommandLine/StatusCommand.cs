using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine.History;
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
        new("largest meeting", row => row.LargestMeeting is { } largest ? Number(largest) : null, IsNumber: true),
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
        var at = PastCommand.AtOption();
        var json = CommonOptions.Json();
        return new Command("status", "Show the servers with their meetings, users and load") { at, wide, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            if (scope.Get(at) is { } moment)
            {
                return await PastCommand.WriteAsync(
                    scope, moment, scope.Get(json), past => ServerRow.Of(past, scope.Settings.Placement),
                    // What a server waits for is asked of today's recordings.
                    rows =>
                    {
                        scope.WriteList(rows, false, "There were no servers", Columns.AsSpan(..^1));
                        WriteHeadroom(scope, rows);
                    },
                    cancellation);
            }

            var servers = await RemovableRow.WithAsync(scope, await ServerRow.ListAsync(scope, cancellation), cancellation);
            var code = scope.WriteList(servers, scope.Get(json), "No servers are configured", scope.Get(wide) ? [.. Columns, WaitsFor] : Columns);
            if (!scope.Get(json)) WriteHeadroom(scope, servers);
            return code;
        });
    }

    private static void WriteHeadroom(CommandScope scope, IReadOnlyList<ServerRow> servers)
    {
        if (HeadroomOf(servers) is not { } headroom) return;
        scope.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Room for {headroom.Left} more users of {headroom.Capacity}; without the largest server for {headroom.WithoutLargest}"));
    }

    /// <summary>Of the servers that take meetings and say how many users they are meant for.</summary>
    internal static Headroom? HeadroomOf(IReadOnlyList<ServerRow> servers) => Headroom.Of([.. servers
        .Where(server => server is { State: AdministrativeState.Enabled, Health: Health.Online, Capacity: not null })
        .Select(server => new MeantFor(server.Capacity!.Value, server.Users))]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
