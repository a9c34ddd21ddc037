using Scalelite.Domain;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>Each row of <c>scalelite-parity.md</c>'s table about servers.</summary>
public sealed class ServerCallTests(AdminHost admin) : IClassFixture<AdminHost>
{
    private const string Missing = """{"error":"Couldn't find server with id=nobody"}""";

    [Fact]
    public async Task A_server_is_added_disabled_and_answered_as_Scalelite_writes_it()
    {
        var added = await admin.PostAsync("addServer", """{"server":{"url":"https://one.example.org/bigbluebutton/api/","secret":"very-secret"}}""");

        Assert.Equal((201, "application/json; charset=utf-8"), (added.Status, added.ContentType));
        Assert.True(Guid.TryParse(added["id"], out _));
        Assert.Equal(
            $$"""{"id":"{{added["id"]}}","url":"https://one.example.org/bigbluebutton/api","secret":"********","tag":"","bbb_version":"","state":"disabled","""
            + """ "load":"unavailable","load_multiplier":"1.0","online":"offline"}""".TrimStart(),
            added.Text);
        Assert.Equal(added.Text, (await admin.GetAsync("getServerInfo", $"id={added["id"]}")).Text);
    }

    [Theory]
    [InlineData("", "1.0")]
    [InlineData(""","load_multiplier":0""", "1.0")]
    [InlineData(""","load_multiplier":null""", "1.0")]
    [InlineData(""","load_multiplier":2.50""", "2.5")]
    [InlineData(""","load_multiplier":"1.5","future":{"a":[1]}""", "1.5")]
    [InlineData(""","load_multiplier":10,"tag":"big"}, "ignored":true, "x":{""", "10.0")]
    public async Task A_load_multiplier_is_a_text_with_a_fraction_and_1_where_none_is_given(string more, string multiplier)
    {
        var shown = await admin.GetAsync("getServerInfo", $"id={await admin.AddAsync(more: more)}");
        Assert.Equal(multiplier, shown["load_multiplier"]);
        Assert.Equal(more.Contains("big", StringComparison.Ordinal) ? "big" : "", shown["tag"]);
    }

    [Fact]
    public async Task A_servers_fields_may_stand_beside_its_id_as_Scalelite_takes_them()
    {
        var added = await admin.PostAsync("addServer", $$"""{"url":"https://{{Guid.NewGuid():n}}/api","secret":"s"}""");
        Assert.Equal(201, added.Status);
        Assert.Equal("enabled", (await admin.PostAsync("updateServer", $$"""{"id":"{{added["id"]}}","state":"enable"}"""))["state"]);
    }

    [Theory]
    [InlineData("""{"server":{"url":"https://x.example.org/api"}}""", "Server needs a URL and a secret")]
    [InlineData("""{"server":{"url":" ","secret":"s"}}""", "Server needs a URL and a secret")]
    [InlineData("""{"server":{"secret":"s"}}""", "Server needs a URL and a secret")]
    [InlineData("{}", "Server needs a URL and a secret")]
    [InlineData("", "Server needs a URL and a secret")]
    [InlineData("""{"server":"x"}""", "server must be an object")]
    [InlineData("""{"server":{"url":true,"secret":"s"}}""", "url must be a text")]
    [InlineData("""{"server":{"url":"https://x.example.org/api","secret":"\ud800"}}""", "secret must be a text")]
    [InlineData("""{"server":{"url":"ftp://x","secret":"s"}}""", "'ftp://x' is not a URL that starts with http:// or https://")]
    [InlineData("""{"server":{"url":"https://x/\u0000","secret":"s"}}""", "'https://x/\u0000' is not a URL that starts with http:// or https://")]
    [InlineData("""{"server":{"url":"https://x.example.org/api","secret":"********"}}""", "******** is no secret: it is shown in place of one")]
    [InlineData("""{"server":{"url":"https://x.example.org/api","secret":"s","load_multiplier":"much"}}""", "Load-multiplier must be a non-zero number")]
    [InlineData("""{"server":{"url":"https://x.example.org/api","secret":"s","load_multiplier":-1}}""", "A load multiplier is greater than 0 and at most 1000000, not -1")]
    [InlineData("""{"server":{"url":"https://x.example.org/api","secret":"s","load_multiplier":1e9}}""", "A load multiplier is greater than 0 and at most 1000000, not 1000000000")]
    public async Task A_server_that_cannot_be_right_is_refused(string body, string why)
    {
        var refused = await admin.PostAsync("addServer", body);
        Assert.Equal((400, why), (refused.Status, refused["error"]));
    }

    [Fact]
    public async Task A_url_is_in_the_pool_once()
    {
        const string Body = """{"server":{"url":"https://twice.example.org/bigbluebutton/api","secret":"s"}}""";
        var first = await admin.PostAsync("addServer", Body);
        var second = await admin.PostAsync("addServer", Body);
        Assert.Equal((400, $"Server {first["id"]} has the URL https://twice.example.org/bigbluebutton/api"), (second.Status, second["error"]));
    }

    [Fact]
    public async Task All_servers_are_listed()
    {
        var ids = new[] { await admin.AddAsync(), await admin.AddAsync() };
        var listed = await admin.GetAsync("getServers");
        Assert.Equal(200, listed.Status);
        var all = listed.Json.EnumerateArray().ToDictionary(server => server.GetProperty("id").GetString()!, server => server.GetRawText());
        foreach (var id in ids) Assert.Equal((await admin.GetAsync("getServerInfo", $"id={id}")).Text, all[id]);
    }

    [Fact]
    public async Task A_polled_server_has_a_number_as_its_load_and_a_version()
    {
        var id = await admin.AddAsync(more: ""","load_multiplier":1.5""");
        var at = DateTimeOffset.UtcNow;
        await admin.AppendAsync(Streams.Polls(id, at), new ServerPolled(id, 1, at, 20, 1, [], [], at.AddMinutes(1)));
        await admin.AppendAsync(Streams.Server(id), new ServerCameOnline(id, at), new ServerVersionSeen(id, "3.0.19", at));
        var before = await admin.GetAsync("getServerInfo", $"id={id}");
        Assert.Contains(""" "bbb_version":"3.0.19","state":"disabled","load":0.0,"load_multiplier":"1.5","online":"online"}""".TrimStart(), before.Text, StringComparison.Ordinal);

        await admin.PlaceAsync(id);

        Assert.Contains("\"load\":22.5,", (await admin.GetAsync("getServerInfo", $"id={id}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_is_told_whether_a_server_is_removable_and_who_does_not_gets_no_field_that_Scalelite_has_not()
    {
        var id = await admin.AddAsync();
        var plain = (await admin.GetAsync("getServerInfo", $"id={id}")).Text;
        var idle = await admin.GetAsync("getServerInfo", $"id={id}&removable=true");
        Assert.Equal(plain[..^1] + ""","removable":true,"waits_for":[]}""", idle.Text);

        await admin.PlaceAsync(id);
        await admin.PostAsync("updateServer", $$"""{"id":"{{id}}","server":{"state":"enable"} }""");
        var listed = (await admin.GetAsync("getServers", "removable=true")).Json.EnumerateArray().Single(server => server.GetProperty("id").GetString() == id).GetRawText();

        Assert.EndsWith(""","removable":false,"waits_for":["it takes meetings: cordon it","a meeting on it"]}""", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("removable", (await admin.GetAsync("getServers", "removable=false")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("getServerInfo", "id=nobody", null)]
    [InlineData("updateServer", "", """{"id":"nobody","server":{"state":"fly"}}""")]
    [InlineData("deleteServer", "", """{"id":"nobody"}""")]
    [InlineData("panicServer", "", """{"id":"nobody"}""")]
    [InlineData("deleteServer", "id=nobody", "")]
    public async Task An_unknown_server_is_not_found(string call, string query, string? body)
    {
        var answer = body is null ? await admin.GetAsync(call, query) : await admin.PostAsync(call, body, query);
        Assert.Equal((404, Missing), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("getServerInfo", null)]
    [InlineData("updateServer", """{"id":"a\u0000b;'"}""")]
    [InlineData("deleteServer", """{"id":"a\u0000b;'"}""")]
    [InlineData("panicServer", """{"id":"a\u0000b;'"}""")]
    public async Task An_id_that_cannot_be_one_is_not_found_either(string call, string? body)
    {
        var answer = body is null ? await admin.GetAsync(call, "id=a%00b%3B'") : await admin.PostAsync(call, body);
        Assert.Equal((404, "Couldn't find server with id=a\0b;'"), (answer.Status, answer["error"]));
    }

    [Fact]
    public async Task A_server_is_enabled_cordoned_and_disabled()
    {
        var id = await admin.AddAsync();
        foreach (var (wanted, state) in new[] { ("enable", "enabled"), ("cordon", "cordoned"), ("disable", "disabled"), ("disable", "disabled") })
        {
            var answer = await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"state":"{{{wanted}}}"}}""");
            Assert.Equal((200, state, state), (answer.Status, answer["state"], await admin.StateAsync(id)));
        }
    }

    [Fact]
    public async Task A_servers_multiplier_and_tag_are_changed_and_an_empty_tag_takes_it_away()
    {
        var id = await admin.AddAsync();
        var changed = await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"load_multiplier":"2.5","tag":"big","secret":"","state":""}}""");
        Assert.Equal((200, "2.5", "big"), (changed.Status, changed["load_multiplier"], changed["tag"]));
        Assert.Equal("big", (await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"tag":null}}"""))["tag"]);
        Assert.Equal("", (await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"tag":""}}"""))["tag"]);
    }

    [Theory]
    [InlineData(""" "state":"fly" """, "Invalid state parameter: fly")]
    [InlineData(""" "load_multiplier":0 """, "Load-multiplier must be a non-zero number")]
    [InlineData(""" "load_multiplier":"heavy" """, "Load-multiplier must be a non-zero number")]
    [InlineData(""" "tag":"none" """, "'none' cannot be a tag: 'none', ';' and a final '!' have a meaning in requests")]
    [InlineData(""" "tag":["a"] """, "tag must be a text")]
    public async Task A_wrong_change_changes_nothing_at_all(string wrong, string why)
    {
        var id = await admin.AddAsync();
        var before = (await admin.GetAsync("getServerInfo", $"id={id}")).Text;
        var fine = wrong.Contains("state", StringComparison.Ordinal) ? """ "tag":"a" """ : """ "state":"enable" """;

        var refused = await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{{{{fine}}},{{{wrong}}}}}""");

        Assert.Equal((400, why), (refused.Status, refused["error"]));
        Assert.Equal(before, (await admin.GetAsync("getServerInfo", $"id={id}")).Text);
    }

    [Fact]
    public async Task A_server_without_meetings_is_destroyed()
    {
        var id = await admin.AddAsync();
        var answer = await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}"}""");
        Assert.Equal((200, $$"""{"success":"Server id={{id}} was destroyed"}"""), (answer.Status, answer.Text));
        Assert.Null(await admin.StateAsync(id));
        Assert.Equal(404, (await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}"}""")).Status);
    }

    [Theory]
    [InlineData(""" "force":true """)]
    [InlineData(""" "server":{"force":"true"} """)]
    public async Task A_server_with_meetings_is_destroyed_by_force_only_and_they_end_with_it(string force)
    {
        var id = await admin.AddAsync();
        var instance = await admin.PlaceAsync(id);

        var refused = await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}","force":"false"}""");
        Assert.Equal((400, $"Couldn't destroy server id={id}: Server {id} has 1 meetings"), (refused.Status, refused["error"]));
        Assert.Equal(1, await admin.LocationsAsync(id));
        Assert.Equal(400, (await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}","force":"perhaps"}""")).Status);

        Assert.Equal(200, (await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}",{{force}}}""")).Status);
        Assert.Equal((0L, null), (await admin.LocationsAsync(id), await admin.StateAsync(id)));
        Assert.Equal("ServerRemoved", await admin.Database.ScalarAsync<string>("select how from meeting_instance where instance = $1", instance));
    }

    [Theory]
    [InlineData("", "disabled")]
    [InlineData(""","keep_state":true""", "enabled")]
    [InlineData(""","keep_state":"false" """, "disabled")]
    [InlineData(""","server":{"keep_state":true}""", "enabled")]
    [InlineData(""","server":{"keep_state":false}""", "disabled")]
    public async Task A_panic_gives_the_meetings_up_whatever_the_node_answers(string more, string state)
    {
        var id = await admin.AddAsync();
        await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"state":"enable"}}""");
        await admin.PlaceAsync(id);

        var answer = await admin.PostAsync("panicServer", $$"""{"id":"{{id}}"{{more}}}""");

        Assert.Equal(
            (200, $$"""{"success":"Server id={{id}} has been disabled and the meetings have been destroyed"}"""), (answer.Status, answer.Text));
        Assert.Equal((0L, state), (await admin.LocationsAsync(id), await admin.StateAsync(id)));
    }

    [Fact]
    public async Task Every_change_is_an_event_with_its_actor_address_and_request()
    {
        var id = await admin.AddAsync();
        await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"state":"enable","tag":"a"}}""");
        await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}"}""");

        Assert.Equal(4L, await admin.Database.ScalarAsync<long>(
            """
            select count(*) from mt_events
            where stream_id = $1 and headers->>'actor' = 'admin-api' and headers->>'address' = '127.0.0.1' and correlation_id = 'request-of-a-test'
            """,
            Streams.Server(id)));
    }

    [Theory]
    [InlineData("getTenants", false)]
    [InlineData("getTenantInfo", false)]
    [InlineData("addTenant", true)]
    [InlineData("updateTenant", true)]
    [InlineData("deleteTenant", true)]
    public async Task Tenants_are_off(string call, bool posts)
    {
        var answer = posts ? await admin.PostAsync(call, """{"tenant":{"name":"a","secrets":"b"}}""") : await admin.GetAsync(call);
        Assert.Equal((412, """{"message":"Multitenancy is disabled"}"""), (answer.Status, answer.Text));
    }
}
