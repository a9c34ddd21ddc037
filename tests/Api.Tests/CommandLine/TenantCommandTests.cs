using System.Text.Json;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class TenantCommandTests(Commands commands) : IClassFixture<Commands>
{
    [Fact]
    public async Task A_tenant_is_added_changed_and_removed_and_its_secrets_are_never_printed()
    {
        var name = NewName();
        var id = await AddAsync(name, "very-secret:older-secret");

        Assert.Equal(0, (await commands.RunAsync("tenants", "quota", id, "--meetings", "10", "--users", "200")).Code);
        Assert.Equal(0, (await commands.RunAsync("tenants", "quota", id, "--meetings", "none")).Code);
        Assert.Equal(0, (await commands.RunAsync("tenants", "retention", id, "90")).Code);
        Assert.Equal(0, (await commands.RunAsync("tenants", "disable", id)).Code);
        var row = await RowAsync(id);
        Assert.Equal((name, false, 2), (row.GetProperty("name").GetString(), row.GetProperty("enabled").GetBoolean(), row.GetProperty("secrets").GetInt32()));
        Assert.Equal(
            (JsonValueKind.Null, 200, 90),
            (row.GetProperty("meeting_quota").ValueKind, row.GetProperty("user_quota").GetInt32(), row.GetProperty("retention_days").GetInt32()));

        Assert.Equal(0, (await commands.RunAsync("tenants", "enable", id)).Code);
        Assert.Equal(0, (await commands.RunAsync("tenants", "update", id, "--secrets", "new-secret:very-secret", "--name", name + "-2")).Code);
        foreach (var listed in new[] { await commands.RunAsync("tenants"), await commands.RunAsync("tenants", "list"), await commands.RunAsync("tenants", "list", "--json") })
        {
            Assert.Equal((0, ""), (listed.Code, listed.Error));
            Assert.Contains(name + "-2", listed.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("-secret", listed.Out, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await commands.RunAsync("tenants", "remove", id, "--yes")).Code);
        Assert.DoesNotContain(id, (await commands.RunAsync("tenants", "list", "--json")).Out, StringComparison.Ordinal);
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1 and data::text like '%-secret%'", $"tenant-{id}"));
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from secret where owner = $1 and valid_until is null", id));
        Assert.Equal((1, ""), await FailedAsync("tenants", "enable", id));
    }

    [Fact]
    public async Task Settings_are_added_listed_and_removed()
    {
        var id = await AddAsync(NewName());
        Assert.Equal(0, (await commands.RunAsync("tenants", "settings", "add", id, "welcome", "Hello, a=1")).Code);
        var over = await commands.RunAsync("tenants", "settings", "add", id, "record", "false", "--override");
        var settings = JsonDocument.Parse((await commands.RunAsync("tenants", "settings", "list", id, "--json")).Out).RootElement.EnumerateArray().ToArray();

        Assert.Equal(
            [("record", "false", true), ("welcome", "Hello, a=1", false)],
            settings.Select(s => (s.GetProperty("param").GetString()!, s.GetProperty("value").GetString()!, s.GetProperty("override").GetBoolean())));
        Assert.Contains($"id: {settings[0].GetProperty("id").GetString()}", over.Out, StringComparison.Ordinal);
        Assert.Contains("Hello, a=1", (await commands.RunAsync("tenants", "settings")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await commands.RunAsync("tenants", "settings", "remove", settings[0].GetProperty("id").GetString()!)).Code);
        Assert.DoesNotContain("record", (await commands.RunAsync("tenants", "settings", "list", id)).Out, StringComparison.Ordinal);
        Assert.Equal((1, ""), await FailedAsync("tenants", "settings", "remove", settings[0].GetProperty("id").GetString()!));
        Assert.Equal((1, ""), await FailedAsync("tenants", "settings", "add", id, "meetingID", "x", "--override"));
    }

    [Fact]
    public async Task A_learning_record_store_is_set_and_taken_away()
    {
        var id = await AddAsync(NewName());
        Assert.Equal(0, (await commands.RunAsync("tenants", "update-lrs-basic", id, "https://lrs/xapi", "user", "pass-word")).Code);
        Assert.Equal("basic", (await RowAsync(id)).GetProperty("lrs").GetString());
        Assert.Equal(0, (await commands.RunAsync(
            "tenants", "update-lrs-kc", id, "https://lrs/xapi", "https://oidc/token", "client", "client-secret", "user", "pass-word")).Code);
        Assert.Equal("token", (await RowAsync(id)).GetProperty("lrs").GetString());
        Assert.Equal(0L, await commands.Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1 and data::text like '%pass-word%'", $"tenant-{id}"));
        Assert.Equal((1, ""), await FailedAsync("tenants", "update-lrs-basic", id, "lrs", "user", "pass-word"));
        Assert.Equal(0, (await commands.RunAsync("tenants", "remove-lrs", id)).Code);
        Assert.Equal(JsonValueKind.Null, (await RowAsync(id)).GetProperty("lrs").ValueKind);
    }

    [Theory]
    [InlineData("tenants", "update", "nobody", "--name", "a")]
    [InlineData("tenants", "remove", "nobody", "--yes")]
    [InlineData("tenants", "enable", "nobody")]
    [InlineData("tenants", "disable", "nobody")]
    [InlineData("tenants", "quota", "nobody", "--users", "1")]
    [InlineData("tenants", "retention", "nobody", "1")]
    [InlineData("tenants", "settings", "list", "nobody")]
    [InlineData("tenants", "settings", "add", "nobody", "a", "b")]
    [InlineData("tenants", "update-lrs-basic", "nobody", "https://lrs", "a", "b")]
    public async Task An_unknown_tenant_is_said_on_standard_error(params string[] line)
    {
        var ran = await commands.RunAsync(line);
        Assert.Equal((1, "", $"Couldn't find Tenant with id=nobody{Environment.NewLine}"), (ran.Code, ran.Out, ran.Error));
    }

    [Theory]
    [InlineData("tenants", "add", "Upper", "x")]
    [InlineData("tenants", "add", "a.b", "x")]
    [InlineData("tenants", "add", "a", ":")]
    [InlineData("tenants", "update", "nobody")]
    [InlineData("tenants", "quota", "nobody", "--meetings", "-1")]
    [InlineData("tenants", "quota", "nobody", "--meetings", "many")]
    [InlineData("tenants", "retention", "nobody", "soon")]
    public async Task What_cannot_be_right_is_refused(params string[] line) => Assert.Equal((1, ""), await FailedAsync(line));

    private static string NewName() => $"t{Guid.NewGuid():n}";

    private async Task<(int Code, string Out)> FailedAsync(params string[] line)
    {
        var ran = await commands.RunAsync(line);
        Assert.NotEmpty(ran.Error);
        return (ran.Code, ran.Out);
    }

    private async Task<string> AddAsync(string name, string secrets = "x")
    {
        var ran = await commands.RunAsync("tenants", "add", name, secrets, "--json");
        Assert.True(ran.Code == 0, ran.Error);
        return JsonDocument.Parse(ran.Out).RootElement.GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> RowAsync(string id) => JsonDocument.Parse((await commands.RunAsync("tenants", "list", "--json")).Out)
        .RootElement.EnumerateArray().Single(row => row.GetProperty("id").GetString() == id);
}
