using Scalelite.Api.AdminV1;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Testing;
using Scalelite.Workers.AdminTokens;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>Who is let in.</summary>
public sealed class TokenTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task No_secret_of_an_LMS_lets_in_and_none_of_the_old_admin_API()
    {
        foreach (var secret in new[] { V1Host.LmsSecret, V1Host.AdminSecret, host.Balancer.Pool.Nodes[0].Secret })
        {
            foreach (var authorization in new[] { $"Bearer {secret}", $"Bearer slt_{secret}", secret, $"Basic {secret}" })
                Refused(await host.SendAsAsync(authorization, "GET", "/servers"));
        }

        foreach (var secret in new[] { V1Host.LmsSecret, V1Host.AdminSecret })
        {
            foreach (var call in new[] { "servers", "admin/api/v1/servers", "getServers", "getMeetings" })
                Refused(await host.SendAsAsync(null, "GET", $"/servers?checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, call, "", secret)}"));
        }

        static void Refused(V1Answer answer)
        {
            Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Problem));
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task An_operation_is_open_to_its_role_and_those_above_it_and_to_no_other()
    {
        // Each command has a role of its own: CommandRoles.
        Assert.All(AdminV1Setup.Operations.Where(operation => operation.Changes && operation.Id != "runCommand"), operation => Assert.True(operation.Role > AdminRole.Viewer));
        foreach (var operation in AdminV1Setup.Operations.Where(operation => operation.Role is not null))
        {
            // Ids of nothing and a body that cannot be read, so that nothing happens where it is allowed.
            var path = operation.RouteParameters.Aggregate(operation.Path, (p, name) => p.Replace($"{{{name}}}", Guid.NewGuid().ToString(), StringComparison.Ordinal));
            foreach (var role in Enum.GetValues<AdminRole>())
            {
                var answer = await host.SendAsync(operation.Method, path, operation.RequiresBody ? "{\"odd\":1}" : null, "*", role);
                if (role < operation.Role) Assert.Equal((operation.Id, 403, "forbidden"), (operation.Id, answer.Status, answer.Problem));
                else Assert.True(answer.Status is 200 or 400 or 404, $"{operation.Id} as {role}: {answer.Status} {answer.Text}");
            }
        }
    }

    [Fact]
    public async Task A_token_that_was_revoked_lets_in_no_more()
    {
        var here = await host.IssueAsync(AdminRole.Viewer);
        var elsewhere = await host.IssueAsync(AdminRole.Viewer);
        foreach (var issued in new[] { here, elsewhere }) Assert.Equal(200, (await host.SendAsAsync($"Bearer {issued.Token}", "GET", "/servers")).Status);

        var shown = await host.GetAsync($"/tokens/{here.Id}", AdminRole.Admin);
        Assert.Equal(204, (await host.SendAsync("DELETE", $"/tokens/{here.Id}", ifMatch: shown.ETag, reason: "lost laptop")).Status);
        Assert.Equal(401, (await host.SendAsAsync($"Bearer {here.Token}", "GET", "/servers")).Status);
        Assert.Equal(("admin_token_revoked", "token:test-Admin", "127.0.0.1", "lost laptop"), await host.LastEventAsync(Streams.AdminToken(here.Id)));

        // As another process sees it: nothing tells this one.
        await host.Balancer.AppendAsync(Streams.AdminToken(elsewhere.Id), new AdminTokenRevoked(elsewhere.Id, DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(
            "the token is seen to be revoked", async () => (await host.SendAsAsync($"Bearer {elsewhere.Token}", "GET", "/servers")).Status == 401, seconds: 10);
    }

    [Fact]
    public async Task A_token_that_expired_lets_in_no_more()
    {
        var (id, text, now) = (Guid.CreateVersion7(), AdminTokenText.New(), DateTimeOffset.UtcNow);
        await host.Balancer.AppendAsync(
            Streams.AdminToken(id), new AdminTokenIssued(id, "old", AdminRole.Admin, AdminTokenText.HashOf(text), now.AddSeconds(-1), now.AddDays(-90)));
        host.Balancer.Service<BearerTokens>().Forget();

        Assert.Equal(401, (await host.SendAsAsync($"Bearer {text}", "GET", "/servers")).Status);
        Assert.Equal("expired", (await host.GetAsync($"/tokens/{id}", AdminRole.Admin))["state"]);
    }

    [Fact]
    public async Task Only_the_hash_of_a_token_is_stored_and_neither_an_answer_nor_the_log_holds_it()
    {
        var token = host.TokenOf(AdminRole.Operator);
        Assert.Equal(1L, await host.Balancer.Database.ScalarAsync<long>("select count(*) from admin_token where hash = $1", AdminTokenText.HashOf(token)));
        foreach (var table in new[] { "admin_token", "mt_events", "mt_streams", "secret" })
            Assert.Equal(0L, await host.Balancer.Database.ScalarAsync<long>($"select count(*) from {table} t where strpos(t::text, $1) > 0", token));

        Assert.Equal(200, (await host.GetAsync("/servers", AdminRole.Operator)).Status);
        var listed = await host.GetAsync("/tokens", AdminRole.Admin);
        Assert.DoesNotContain(token, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminTokenText.HashOf(token), listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, ConsoleText.All, StringComparison.Ordinal);
    }
}

/// <summary>What is no token, on a host of its own: an address may fail so often only.</summary>
public sealed class WrongTokenTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task Whoever_has_no_valid_token_is_not_let_in()
    {
        var right = host.TokenOf(AdminRole.Admin);
        foreach (var authorization in new[]
        {
            null, "", "Bearer", "Bearer ", right, $"Basic {right}", $"Bearer {right}x", $"Bearer {right[..^1]}", $"Bearer {AdminTokenText.New()}", $"Bearer {right.ToUpperInvariant()}",
        })
        {
            Assert.Equal(401, (await host.SendAsAsync(authorization, "GET", "/servers")).Status);
        }

        Assert.Equal(200, (await host.SendAsAsync($"bearer  {right}", "GET", "/servers")).Status);
    }
}
