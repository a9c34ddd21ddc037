using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Api.Configuration;

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
        new("largest meeting", row => Number(row.LargestMeeting), IsNumber: true),
        new("videos", row => Number(row.Videos), IsNumber: true),
        new("load", row => row.Load?.ToString("0.##", CultureInfo.InvariantCulture) ?? "unavailable", IsNumber: true),
        new("tag", row => row.Tag),
        new("version", row => row.BbbVersion),
    ];

    public static Command Create()
    {
        var json = CommonOptions.Json();
        return new Command("status", "Show the servers with their meetings, users and load") { json }.Runs(Needs.Database, async (scope, cancellation) =>
            scope.WriteList(await ServerRow.ListAsync(scope, cancellation), scope.Get(json), "No servers are configured", Columns));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
