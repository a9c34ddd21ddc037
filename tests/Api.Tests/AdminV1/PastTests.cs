using System.Text.Json.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.EventLog;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>The pool as it was, by <c>?at=</c>.</summary>
public sealed class PastTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task Servers_and_meetings_are_answered_as_they_were()
    {
        var (id, version) = await host.AddServerAsync();
        var meetings = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PlaceAsync(id)));
        var (server, listed, placed) = (await host.GetAsync($"/servers/{id}"), await host.GetAsync("/servers"), await host.GetAsync($"/meetings?server={id}"));
        var then = $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffffZ}";

        Assert.Equal(200, (await host.SendAsync("PATCH", $"/servers/{id}", new { tag = "later" }, version)).Status);
        await host.AddServerAsync();
        foreach (var meeting in meetings) await EndAsync(meeting, id);
        await SettleAsync();

        var past = await AnswerAsync("getServer", $"/servers/{id}?at={then}");
        Assert.Null(past.ETag);
        var number = past.Json.GetProperty("as_of").GetProperty("number").GetInt64();
        Assert.Equal(number, await host.Balancer.Database.ScalarAsync<long>("select max(seq_id) from mt_events where timestamp <= $1", DateTimeOffset.Parse(then).ToUniversalTime()));
        var row = JsonNode.Parse(past.Text)!.AsObject();
        row.Remove("as_of");
        AssertSameServer(JsonNode.Parse(server.Text)!, row);

        var list = JsonNode.Parse((await AnswerAsync("listServers", $"/servers?at={then}")).Text)!;
        Assert.Equal(Ids(JsonNode.Parse(listed.Text)!), Ids(list));
        Assert.Equal("event", list["as_of"]!["resolution"]!.GetValue<string>());
        Assert.DoesNotContain(id, Ids(JsonNode.Parse((await AnswerAsync("listServers", $"/servers?at={then}&state=enabled")).Text)!));

        var first = await AnswerAsync("listMeetings", $"/meetings?server={id}&at={then}&limit=2");
        var rest = await AnswerAsync("listMeetings", $"/meetings?server={id}&at={then}&limit=2&cursor={first["next"]}");
        Assert.Equal(
            JsonNode.Parse(placed.Text)!["items"]!.ToJsonString(),
            new JsonArray([.. new[] { first, rest }.SelectMany(page => JsonNode.Parse(page.Text)!["items"]!.AsArray().Select(item => item!.DeepClone()))]).ToJsonString());
        Assert.Empty(JsonNode.Parse((await host.GetAsync($"/meetings?server={id}")).Text)!["items"]!.AsArray());
    }

    [Fact]
    public async Task What_was_not_there_is_not_found_and_what_is_no_moment_is_refused()
    {
        var (id, _) = await host.AddServerAsync();
        await SettleAsync();
        Assert.Equal(404, (await host.GetAsync($"/servers/{id}?at=-1h")).Status);
        Assert.Equal(0, (await AnswerAsync("listServers", "/servers?at=2020-01-01")).Json.GetProperty("as_of").GetProperty("number").GetInt64());
        Assert.Equal(400, (await host.GetAsync("/servers?at=yesterday")).Status);
        Assert.Equal(400, (await host.GetAsync($"/servers/{id}/removable?at=-1h")).Status);
    }

    /// <summary>Whether it is offline since, and how it was polled, may change between the two questions.</summary>
    private static void AssertSameServer(JsonNode live, JsonNode past)
    {
        foreach (var name in new[] { "id", "url", "tag", "state", "load_multiplier", "meetings", "capacity" })
            Assert.Equal(live[name]?.ToJsonString(), past[name]?.ToJsonString());
        Assert.Equal(live.AsObject().Select(member => member.Key), past.AsObject().Select(member => member.Key));
    }

    private static List<string> Ids(JsonNode page) => [.. page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>())];

    /// <summary>An answer that is as the document says.</summary>
    private async Task<V1Answer> AnswerAsync(string operationId, string path)
    {
        var document = JsonNode.Parse((await host.GetAsync("/openapi.json")).Text)!;
        var operation = document["paths"]!.AsObject().SelectMany(item => item.Value!.AsObject()).Single(one => one.Value!["operationId"]!.GetValue<string>() == operationId).Value!;
        Assert.Contains(operation["parameters"]!.AsArray(), parameter => parameter!["name"]!.GetValue<string>() == "at");
        var answer = await host.GetAsync(path);
        Assert.Equal(200, answer.Status);
        Assert.Empty(new SchemaCheck(document["components"]!["schemas"]!.AsObject()).Problems(operation["responses"]!["200"]!["content"]!["application/json"]!["schema"], answer.Json));
        return answer;
    }

    private async Task<Guid> PlaceAsync(string serverId)
    {
        var (instance, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await host.Balancer.AppendAsync(Streams.Meeting(instance), new MeetingPlaced(
            instance, "", $"room {instance}", serverId, "A class", null, false, new Dictionary<string, string>(),
            new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1), now.AddMinutes(10), now));
        return instance;
    }

    private Task EndAsync(Guid instance, string serverId) => host.Balancer.AppendAsync(
        Streams.Meeting(instance), new MeetingEnded(instance, serverId, EndLearned.EndCall, DateTimeOffset.UtcNow, 1, 1, [1], DateTimeOffset.UtcNow));

    private async Task SettleAsync()
    {
        var safe = await new SafeHead(host.Balancer.Database.Source).WaitAsync();
        await host.Balancer.Database.ExecuteAsync("update pool_checkpoint_turn set safe_number = greatest(safe_number, $1), safe_at = now() + interval '1 hour'", safe);
    }
}
