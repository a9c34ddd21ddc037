using System.CommandLine;
using Npgsql;
using Scalelite.Api.CommandLine.Meetings;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers meetings</c>: which meetings are on which server.</summary>
internal static class ServerMeetings
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "Servers; all if none is given", Arity = ArgumentArity.ZeroOrMore };
        var json = CommonOptions.Json();
        return new Command("meetings", "List the live meetings of servers") { ids, json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var asked = scope.GetOrNull(ids) ?? [];
            var known = (await ServerRow.ListAsync(scope, cancellation)).Select(server => server.Id).ToHashSet();
            return asked.FirstOrDefault(id => !known.Contains(id)) is { } unknown
                ? scope.Refuse($"Couldn't find server with id={Listing.Printable(unknown)}")
                : scope.WriteList(
                    await MeetingRow.OnServersAsync(scope.Get<NpgsqlDataSource>(), asked, cancellation), scope.Get(json), "No meetings", MeetingRow.Columns);
        });
    }
}
