using System.CommandLine;
using Npgsql;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary><c>scalelite explain MEETING</c>: the story of a meeting, for a person.</summary>
internal static class ExplainCommand
{
    private const int MostRuns = 100;

    public static Command Create()
    {
        var id = new Argument<string>("MEETING") { Description = "A meetingID, an internalMeetingID as in the nodes' logs, or the id of a run" };
        var tenant = new Option<string>("--tenant") { Description = "Only of this tenant, by name or id; one that was removed by id", HelpName = "T" };
        var run = new Option<Guid?>("--run") { Description = "This run of it, not the latest", HelpName = "INSTANCE" };
        var all = new Option<bool>("--all") { Description = $"All its runs, the latest first, at most {MostRuns}" };
        var json = CommonOptions.Json();
        return new Command("explain", "Tell the story of a meeting: who asked for it, why it is where it is, what happened to it and what came of it")
        {
            id, tenant, run, all, json,
        }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var database = scope.Get<NpgsqlDataSource>();
            var tenantId = scope.Get(tenant) is { } named ? await KnownRun.TenantIdAsync(database, named, cancellation) : null;
            if (await KnownRun.FindAsync(database, scope.Get(id), tenantId, cancellation) is not { } found)
                return scope.Refuse($"Couldn't find meeting with id={Listing.Printable(scope.Get(id))}");
            IReadOnlyList<KnownRun> runs = [found];
            if (scope.Get(run) is { } instance)
            {
                if (await KnownRun.FindAsync(database, instance.ToString(), found.TenantId, cancellation) is not { } other || other.MeetingId != found.MeetingId)
                    return scope.Refuse($"Meeting {Listing.Printable(found.MeetingId)} has no run {instance}");
                runs = [other];
            }
            else if (scope.Get(all))
            {
                runs = await KnownRun.OfMeetingAsync(database, found.TenantId, found.MeetingId, MostRuns, cancellation);
            }

            var reader = scope.Get<StoryReader>();
            var stories = new List<MeetingStory>();
            foreach (var known in runs) stories.Add(await reader.ReadAsync(known, cancellation));
            if (scope.Get(json)) return scope.Get(all) ? scope.WriteJson(stories) : scope.WriteJson(stories[0]);
            for (var i = 0; i < stories.Count; i++)
            {
                if (i > 0) await scope.Out.WriteLineAsync();
                StoryText.Write(scope.Out, stories[i]);
            }

            return ExitCode.Done;
        });
    }
}
