using System.Text.Json;
using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>A host with tenants.</summary>
public sealed class TenantAdminHost : AdminHost
{
    private protected override Dictionary<string, string?> Environment => new(base.Environment) { ["MULTITENANCY_ENABLED"] = "true" };
}

/// <summary>A host with tenants that shows secrets.</summary>
public sealed class OpenTenantAdminHost : AdminHost
{
    private protected override Dictionary<string, string?> Environment =>
        new(base.Environment) { ["MULTITENANCY_ENABLED"] = "TRUE", ["ADMIN_API_SHOWS_SECRETS"] = "true" };
}

/// <summary>The calls about tenants: what Scalelite's documentation and its code say, both.</summary>
public sealed class TenantCallTests(TenantAdminHost host) : IClassFixture<TenantAdminHost>
{
    [Fact]
    public async Task A_tenant_is_added_shown_changed_and_deleted()
    {
        var name = NewName();
        var added = await host.PostAsync("addTenant", $$$"""{"tenant":{"name":"{{{name}}}","secrets":"one:two"}}""");
        var id = added["id"];
        Assert.Equal(201, added.Status);
        Assert.Equal($$$"""{"id":"{{{id}}}","tenant":{"id":"{{{id}}}","name":"{{{name}}}","secrets":"********","destroyed":false,"new_record":false}}""", added.Text);

        var shown = await host.GetAsync("getTenantInfo", $"id={id}");
        Assert.Equal((200, $$"""{"id":"{{id}}","name":"{{name}}","secrets":"********","destroyed":false,"new_record":false}"""), (shown.Status, shown.Text));
        Assert.Contains(
            $$"""{"id":"{{id}}","name":"{{name}}","secrets":"********"}""", (await host.GetAsync("getTenants")).Text, StringComparison.Ordinal);

        // What was shown in place of the secrets leaves them as they are.
        var other = NewName();
        var changed = await host.PostAsync("updateTenant", $$$"""{"id":"{{{id}}}","tenant":{"name":"{{{other}}}","secrets":"********"}}""");
        Assert.Equal((200, other, other), (changed.Status, changed["name"], changed.Json.GetProperty("tenant").GetProperty("name").GetString()));
        Assert.Equal(2L, await host.Database.ScalarAsync<long>("select cardinality(secret_fingerprints)::bigint from tenant where id = $1", id));

        var deleted = await host.PostAsync("deleteTenant", $$"""{"id":"{{id}}"}""");
        Assert.Equal((200, $$"""{"id":"{{id}}","success":"Tenant id={{id}} was destroyed"}"""), (deleted.Status, deleted.Text));
        Assert.Equal(404, (await host.GetAsync("getTenantInfo", $"id={id}")).Status);
        Assert.Equal(3L, await host.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id = $1 and headers->>'actor' = 'admin-api' and headers->>'address' = '127.0.0.1'", $"tenant-{id}"));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        var (first, second) = (NewName(), NewName());
        await AddAsync(first);
        var id = await AddAsync(second);

        var again = await host.PostAsync("addTenant", $$$"""{"tenant":{"name":"{{{first}}}","secrets":"x"}}""");
        var renamed = await host.PostAsync("updateTenant", $$$"""{"id":"{{{id}}}","tenant":{"name":"{{{first}}}"}}""");

        Assert.Equal((422, $"There is a tenant named {first} already"), (again.Status, again["error"]));
        Assert.Equal((422, $"There is a tenant named {first} already"), (renamed.Status, renamed["error"]));
        Assert.Equal(second, (await host.GetAsync("getTenantInfo", $"id={id}"))["name"]);
    }

    [Fact]
    public async Task Of_those_who_take_a_name_at_once_one_gets_it()
    {
        var name = NewName();
        var added = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.PostAsync("addTenant", $$$"""{"tenant":{"name":"{{{name}}}","secrets":"x"}}""")));

        Assert.Single(added, answer => answer.Status == 201);
        Assert.Equal(9, added.Count(answer => answer.Status == 422));
    }

    [Theory]
    [InlineData("""{"tenant":{"name":"a"}}""", 400, "message", "Error: both name and secrets are required to create a Tenant")]
    [InlineData("""{"tenant":{"secrets":"a"}}""", 400, "message", "Error: both name and secrets are required to create a Tenant")]
    [InlineData("""{"tenant":{"name":"a","secrets":":"}}""", 422, "error", "A tenant needs a secret")]
    [InlineData("""{"tenant":{"name":"a","secrets":"x:x"}}""", 422, "error", "A secret of the tenant is given twice")]
    [InlineData("""{"tenant":{"name":"a","secrets":"********"}}""", 422, "error", "******** is no secret: it is shown in place of one")]
    [InlineData("""{"tenant":{"name":"a","secrets":["x"]}}""", 422, "error", "secrets must be a text")]
    public async Task What_cannot_be_a_tenant_is_refused(string body, int status, string field, string text)
    {
        var answer = await host.PostAsync("addTenant", body);
        Assert.Equal((status, text), (answer.Status, answer[field]));
    }

    [Fact]
    public async Task An_unknown_tenant_is_not_found()
    {
        foreach (var answer in new[]
        {
            await host.GetAsync("getTenantInfo", "id=nobody"),
            await host.PostAsync("updateTenant", """{"id":"nobody","tenant":{"name":"x"}}"""),
            await host.PostAsync("deleteTenant", """{"id":"nobody"}"""),
        })
        {
            Assert.Equal((404, """{"error":"Couldn't find Tenant with id=nobody"}"""), (answer.Status, answer.Text));
        }
    }

    private static string NewName() => $"t{Guid.NewGuid():n}";

    private async Task<string> AddAsync(string name) => (await host.PostAsync("addTenant", $$$"""{"tenant":{"name":"{{{name}}}","secrets":"x"}}"""))["id"];
}

/// <summary>Where an operator wants secrets to be shown.</summary>
public sealed class ShownTenantSecretsTests(OpenTenantAdminHost host) : IClassFixture<OpenTenantAdminHost>
{
    [Fact]
    public async Task Secrets_are_shown_in_their_order_and_without_tenants_that_is_said()
    {
        Assert.Equal((200, """{"message":"No tenants exist"}"""), await AnswerAsync());
        var id = (await host.PostAsync("addTenant", """{"tenant":{"name":"school","secrets":"one:two"}}"""))["id"];
        await host.PostAsync("updateTenant", $$$"""{"id":"{{{id}}}","tenant":{"secrets":"three:one"}}""");

        Assert.Equal((200, $$"""[{"id":"{{id}}","name":"school","secrets":"three:one"}]"""), await AnswerAsync());

        async Task<(int, string)> AnswerAsync() => await host.GetAsync("getTenants") is var answer ? (answer.Status, answer.Text) : default;
    }
}
