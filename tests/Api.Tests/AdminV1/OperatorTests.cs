using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>What operators look at and do by day: meetings, imports, callbacks, dead letters, settings.</summary>
public sealed class OperatorTests(V1Host host) : IClassFixture<V1Host>
{
    private Balancer Balancer => host.Balancer;

    [Fact]
    public async Task A_meeting_tells_where_it_is_and_why_there_and_all_that_happened_to_it()
    {
        var id = SharedBalancer.NewId();
        var created = await Balancer.CreateAsync(id);
        var server = Balancer.IdOf(Balancer.Pool.Nodes[0].Name);

        var listed = (await host.GetAsync($"/meetings?meeting_id={id}")).Json.GetProperty("items").EnumerateArray().Single();
        var instance = listed.GetProperty("instance").GetGuid();
        Assert.Equal((server, "live"), (listed.GetProperty("server_id").GetString(), listed.GetProperty("state").GetString()));
        var shown = await host.GetAsync($"/meetings/{instance}");
        Assert.Equal((id, "live", server, Balancer.Pool.Nodes[0].Url), (shown["meeting_id"], shown["state"], shown["server_id"], shown["server_url"]));
        var why = shown.Json.GetProperty("why");
        Assert.Equal(("least-load", 1), (why.GetProperty("policy").GetString(), why.GetProperty("attempt").GetInt32()));
        Assert.Equal(server, why.GetProperty("considered")[0].GetProperty("server_id").GetString());
        Assert.True(why.GetProperty("considered")[0].TryGetProperty("load", out _));
        Assert.Equal(["meeting_placed", "meeting_started"], shown.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(shown.Text, (await host.GetAsync($"/meetings/{created["internalMeetingID"]}")).Text);

        var ended = await host.SendAsync("POST", $"/meetings/{instance}/end", new { reason = "the building closes" }, shown.ETag, AdminRole.Operator);
        Assert.Equal((200, "ended", "EndCall"), (ended.Status, ended["state"], ended["how"]));
        Assert.Equal(("meeting_ended", "token:test-Operator", "127.0.0.1", "the building closes"), await host.LastEventAsync(Streams.Meeting(instance), "meeting_ended"));
        Assert.Empty((await host.GetAsync($"/meetings?meeting_id={id}")).Json.GetProperty("items").EnumerateArray());
        var run = (await host.GetAsync($"/meeting-runs?meeting_id={id}")).Json.GetProperty("items").EnumerateArray().Single();
        Assert.Equal((instance, "ended"), (run.GetProperty("instance").GetGuid(), run.GetProperty("state").GetString()));
        Assert.Equal((422, "refused"), await host.SendAsync("POST", $"/meetings/{instance}/end", null, "*") is var again ? (again.Status, again.Problem) : default);
    }

    [Fact]
    public async Task A_meeting_is_not_ended_where_its_node_does_not_say_so_or_another_version_was_seen()
    {
        var id = SharedBalancer.NewId();
        await Balancer.CreateAsync(id);
        var instance = await Balancer.Database.ScalarAsync<Guid>("select instance from meeting_location where meeting_id = $1", id);
        var node = Balancer.Pool.Nodes[0];

        Assert.Equal(412, (await host.SendAsync("POST", $"/meetings/{instance}/end", null, "\"1\"")).Status);
        Assert.DoesNotContain(node.Journal.Ends, end => end.MeetingID == id);
        node.Faults.Add(Fault.HtmlError(500).On("end"));
        try
        {
            Assert.Equal((502, "node"), await host.SendAsync("POST", $"/meetings/{instance}/end", null, "*") is var answer ? (answer.Status, answer.Problem) : default);
        }
        finally
        {
            node.Faults.Clear();
        }

        Assert.Equal("live", (await host.GetAsync($"/meetings/{instance}"))["state"]);
    }

    [Fact]
    public async Task Imports_are_paged_from_the_newest_and_retried()
    {
        var at = new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await Balancer.QuarantinedImportAsync(at.AddSeconds(i / 2)));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await host.GetAsync($"/imports?state=quarantined&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.Json.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(ids.AsEnumerable().Reverse(), seen.Take(5));
        Assert.Equal(seen.Distinct(), seen);

        var import = await host.GetAsync($"/imports/{ids[0]}");
        Assert.Equal((412, "stale"), await host.SendAsync("POST", $"/imports/{ids[0]}/retry", null, "\"1\"") is var stale ? (stale.Status, stale.Problem) : default);
        var retried = await host.SendAsync("POST", $"/imports/{ids[0]}/retry", new { reason = "disk was full" }, import.ETag, AdminRole.Operator);
        Assert.Equal((200, "received"), (retried.Status, retried["state"]));
        Assert.Equal(("import_retried", "token:test-Operator", "127.0.0.1", "disk was full"), await host.LastEventAsync(Streams.Import(ids[0])));
    }

    [Fact]
    public async Task Callbacks_are_shown_without_their_URL_and_retried()
    {
        var id = await Balancer.AbandonedCallbackAsync();
        var listed = await host.GetAsync("/callbacks?state=abandoned");
        var shown = await host.GetAsync($"/callbacks/{id}");
        Assert.Equal(500, shown.Json.GetProperty("callback").GetProperty("last_status").GetInt32());
        Assert.Contains(id.ToString(), listed.Text, StringComparison.Ordinal);
        foreach (var told in new[] { listed, shown }) Assert.DoesNotContain("a-capability", told.Text, StringComparison.Ordinal);

        Assert.Equal(412, (await host.SendAsync("POST", $"/callbacks/{id}/retry", null, "\"1\"")).Status);
        var retried = await host.SendAsync("POST", $"/callbacks/{id}/retry", null, shown.ETag, AdminRole.Operator, "they are back");
        Assert.Equal((200, "waiting"), (retried.Status, retried.Json.GetProperty("callback").GetProperty("state").GetString()));
        Assert.Equal(("callback_retried", "token:test-Operator", "127.0.0.1", "they are back"), await host.LastEventAsync(Streams.Callback(id)));
        Assert.Equal(422, (await host.SendAsync("POST", $"/callbacks/{id}/retry", null, "*")).Status);
    }

    [Fact]
    public async Task A_dead_letter_is_shown_and_replayed()
    {
        var id = await Balancer.DeadLetterAsync();
        Assert.Contains(id.ToString(), (await host.GetAsync("/dead-letters?type=Scalelite.Workers.Polling.PollServer")).Text, StringComparison.Ordinal);
        var shown = await host.GetAsync($"/dead-letters/{id}");
        Assert.Equal(("it did not work", "nobody"), (shown["error"], shown.Json.GetProperty("message").GetProperty("ServerId").GetString()));

        Assert.Equal(204, (await host.SendAsync("POST", $"/dead-letters/{id}/replay", new { reason = "fixed" }, role: AdminRole.Operator)).Status);
        Assert.Equal(("dead_letter_replayed", "token:test-Operator", "127.0.0.1", "fixed"), await host.LastEventAsync(Streams.DeadLetter(id)));
        Assert.Equal(1L, await Balancer.Database.ScalarAsync<long>("select count(*) from message where id = $1", id));
        Assert.Equal(404, (await host.GetAsync($"/dead-letters/{id}")).Status);
        Assert.Equal(404, (await host.SendAsync("POST", $"/dead-letters/{id}/replay")).Status);
    }

    [Fact]
    public async Task A_recording_is_unpublished_by_an_operator()
    {
        var id = await Balancer.RecordingAsync();
        var shown = await host.GetAsync($"/recordings/{id}");
        var changed = await host.SendAsync("PUT", $"/recordings/{id}/state", new { published = false, reason = "asked for" }, shown.ETag, AdminRole.Operator);
        Assert.Equal((200, "unpublished"), (changed.Status, changed.Json.GetProperty("recording").GetProperty("state").GetString()));
        var changes = await Balancer.Database.RowsAsync(
            "select headers->>'actor', headers->>'reason' from mt_events where stream_id = $1 and type = 'recording_unpublished'", Streams.Recording(id));
        Assert.Equal<object?[]>(["token:test-Operator", "asked for"], changes.Single());
        Assert.Equal(412, (await host.SendAsync("PUT", $"/recordings/{id}/state", new { published = true }, shown.ETag)).Status);
    }

    [Fact]
    public async Task A_node_is_looked_at_before_it_is_enabled_where_that_is_wished()
    {
        var (id, version) = await host.AddServerAsync();
        var refused = await host.SendAsync("PUT", $"/servers/{id}/state", new { state = "enabled", check = true }, version, AdminRole.Operator);
        Assert.Equal((422, "refused"), (refused.Status, refused.Problem));
        Assert.Equal("disabled", (await host.GetAsync($"/servers/{id}"))["state"]);

        var node = Balancer.IdOf(Balancer.Pool.Nodes[0].Name);
        var parts = (await host.SendAsync("POST", $"/servers/{node}/check", role: AdminRole.Operator)).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.All(parts, part => Assert.NotEqual("failed", part.GetProperty("verdict").GetString()));
        Assert.Contains(parts, part => part.GetProperty("name").GetString() == "meeting");
        Assert.Equal(200, (await host.SendAsync("PUT", $"/servers/{node}/state", new { state = "enabled", check = true }, "*", AdminRole.Operator)).Status);
    }

    [Fact]
    public async Task Capacity_shows_as_headroom_and_a_server_tells_whether_it_can_go()
    {
        var node = Balancer.IdOf(Balancer.Pool.Nodes[0].Name);
        var set = await host.SendAsync("PUT", $"/servers/{node}/capacity", new { users = 200, reason = "measured" }, "*");
        Assert.Equal((200, 200), (set.Status, set.Json.GetProperty("capacity").GetInt32()));
        Assert.Equal(("server_capacity_changed", "token:test-Admin", "127.0.0.1", "measured"), await host.LastEventAsync(Streams.Server(node)));
        Assert.Equal(200, (await host.GetAsync("/pool")).Json.GetProperty("headroom").GetProperty("capacity").GetInt32());
        Assert.Equal(422, (await host.SendAsync("PUT", $"/servers/{node}/capacity", new { users = 0 }, "*")).Status);

        var (idle, _) = await host.AddServerAsync();
        Assert.True((await host.GetAsync($"/servers/{idle}/removable")).Json.GetProperty("removable").GetBoolean());
        var busy = (await host.GetAsync($"/servers/{node}/removable")).Json;
        Assert.False(busy.GetProperty("removable").GetBoolean());
        Assert.NotEmpty(busy.GetProperty("waits_for").EnumerateArray());
        Assert.Equal(404, (await host.GetAsync("/servers/nobody/removable")).Status);
    }

    [Fact]
    public async Task The_settings_of_the_process_are_shown_and_no_secret_among_them()
    {
        var settings = (await host.GetAsync("/settings")).Json.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);
        Assert.Equal((true, "1000000", "600"), (settings["ADMIN_API_RATE"].GetProperty("is_set").GetBoolean(), settings["ADMIN_API_RATE"].GetProperty("value").GetString(), settings["ADMIN_API_RATE"].GetProperty("default").GetString()));
        var secret = settings["LOADBALANCER_SECRET"];
        Assert.Equal((true, true, null), (secret.GetProperty("is_set").GetBoolean(), secret.GetProperty("is_secret").GetBoolean(), secret.GetProperty("value").GetString()));
        Assert.False(settings["POLL_INTERVAL"].GetProperty("is_set").GetBoolean());
    }

    [Fact]
    public async Task Live_meetings_are_filtered_and_paged()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(SharedBalancer.NewId("page"));
            await Balancer.CreateAsync(ids[^1]);
        }

        var server = Balancer.IdOf(Balancer.Pool.Nodes[0].Name);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.GetAsync($"/meetings?server={server}&state=live&tenant=&limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("meeting_id").GetString()!));
            cursor = page.Json.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(ids, seen.Where(id => id.StartsWith("page-", StringComparison.Ordinal)));
        Assert.Empty((await host.GetAsync("/meetings?tenant=nobody")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Callbacks_runs_recordings_and_dead_letters_are_paged_each_row_once()
    {
        var (meetingId, type) = (SharedBalancer.NewId("runs"), $"paged-{Guid.NewGuid():n}");
        var (callbacks, recordings, letters) = (new List<string>(), new List<string>(), new List<string>());
        for (var i = 0; i < 5; i++)
        {
            callbacks.Add((await Balancer.AbandonedCallbackAsync()).ToString());
            recordings.Add(await Balancer.RecordingAsync(meetingId));
            letters.Add((await Balancer.DeadLetterAsync(type)).ToString());
            await Balancer.CreateAsync(meetingId);
            await Balancer.Lms.GetAsync("end", $"meetingID={meetingId}");
            await Eventually.HoldsAsync(
                "it is over", async () => await Balancer.Database.ScalarAsync<long>("select count(*) from meeting_location where meeting_id = $1", meetingId) == 0);
        }

        var paged = await PagesAsync("/callbacks?state=abandoned&limit=2", "id");
        Assert.Equal(callbacks.Order(), paged.Intersect(callbacks).Order());
        Assert.Equal(paged.Distinct(), paged);
        Assert.Equal(recordings.AsEnumerable().Order(), (await PagesAsync($"/recordings?meeting_id={meetingId}&limit=2", "record_id")).Order());
        Assert.Equal(letters.Order(), (await PagesAsync($"/dead-letters?type={type}&limit=2", "id")).Order());
        var runs = await PagesAsync($"/meeting-runs?meeting_id={meetingId}&limit=2", "instance");
        Assert.Equal((5, 5), (runs.Count, runs.Distinct().Count()));
        Assert.Equal(runs.OrderDescending(StringComparer.Ordinal), runs);
        foreach (var path in new[] { "/callbacks", "/recordings", "/dead-letters", "/meeting-runs", "/meetings", "/imports" })
        {
            var wrong = await host.GetAsync($"{path}?cursor=odd{(path == "/meeting-runs" ? "&meeting_id=x" : "")}");
            Assert.Equal((path, 400, "bad-request"), (path, wrong.Status, wrong.Problem));
        }
    }

    /// <summary>The ids of all rows of a list, page by page as its cursor leads.</summary>
    private async Task<List<string>> PagesAsync(string path, string id)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.GetAsync(path + (cursor is null ? "" : $"&cursor={cursor}"));
            Assert.True(page.Status == 200, page.Text);
            var rows = page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(id).GetString()!).ToList();
            Assert.InRange(rows.Count, 1, 2);
            seen.AddRange(rows);
            cursor = page.Json.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return seen;
    }
}
