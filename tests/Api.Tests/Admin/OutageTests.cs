using Xunit;

namespace Scalelite.Api.Tests.Admin;

public sealed class OutageTests(WiredAdminHost admin) : IClassFixture<WiredAdminHost>
{
    [Fact]
    public async Task While_PostgreSQL_is_away_every_call_says_so_and_afterwards_it_is_answered_again()
    {
        const string Away = """{"error":"The database of the load balancer is not available"}""";
        var id = await admin.AddAsync();
        admin.Wire.Cut();

        Assert.Equal((503, Away), Of(await admin.GetAsync("getServers")));
        Assert.Equal((503, Away), Of(await admin.PostAsync("addServer", """{"server":{"url":"https://later.example.org/api","secret":"s"}}""")));
        foreach (var call in new[] { "updateServer", "deleteServer", "panicServer" })
            Assert.Equal((503, Away), Of(await admin.PostAsync(call, $$$"""{"id":"{{{id}}}","server":{"state":"enable"}}""")));
        Assert.Equal(412, (await admin.GetAsync("getTenants")).Status);

        admin.Wire.Mend();
        Assert.Equal((200, "disabled"), ((await admin.GetAsync("getServers")).Status, (await admin.GetAsync("getServerInfo", $"id={id}"))["state"]));

        static (int Status, string Text) Of(Answer answer) => (answer.Status, answer.Text);
    }
}
