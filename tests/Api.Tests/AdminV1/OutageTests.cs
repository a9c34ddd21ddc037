using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>A host whose wire to PostgreSQL can be cut.</summary>
public sealed class WiredV1Host : V1Host
{
    internal DatabaseWire Wire { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        Wire.Mend();
        await base.DisposeAsync();
        await Wire.DisposeAsync();
    }

    private protected override DatabaseSettings Reach(DatabaseSettings database)
    {
        Wire = new DatabaseWire(database.ConnectionString!);
        return new DatabaseSettings { ConnectionString = Wire.ConnectionString };
    }
}

public sealed class OutageTests(WiredV1Host host) : IClassFixture<WiredV1Host>
{
    [Fact]
    public async Task While_PostgreSQL_is_away_that_is_said_and_nobody_is_let_in_on_what_was_known()
    {
        var (id, version) = await host.AddServerAsync();
        host.Wire.Cut();

        foreach (var answer in new[]
        {
            await host.GetAsync("/servers"),
            await host.SendAsync("DELETE", $"/servers/{id}", ifMatch: version),
            await host.SendAsync("POST", "/tenants", new { name = "later", secrets = new[] { "x" } }),
        })
        {
            Assert.Equal((503, "unavailable"), (answer.Status, answer.Problem));
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.Equal(200, (await host.SendAsAsync(null, "GET", "/openapi.json")).Status);

        host.Wire.Mend();
        Assert.Equal("disabled", (await host.GetAsync($"/servers/{id}", AdminRole.Viewer))["state"]);
    }
}
