using Xunit;

namespace Scalelite.Api.Tests.Admin;

public sealed class EmptyPoolTests(AdminHost admin) : IClassFixture<AdminHost>
{
    [Fact]
    public async Task A_pool_without_servers_says_so()
    {
        var answer = await admin.GetAsync("getServers");
        Assert.Equal((404, """{"error":"No servers are configured"}"""), (answer.Status, answer.Text));
    }
}
