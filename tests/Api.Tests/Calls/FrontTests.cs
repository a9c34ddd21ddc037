using System.Globalization;
using System.Net;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>What a request passes before its call: the host's name, proxies, its id.</summary>
public sealed class FrontTests
{
    [Fact]
    public async Task Another_host_name_is_not_served_but_for_the_health_check()
    {
        await using var balancer = await Balancer.StartAsync(0, settings => settings with { Http = settings.Http with { Host = "bbb.example.org" } });

        Assert.Equal(200, await StatusAsync("/bigbluebutton/api", "bbb.example.org"));
        Assert.Equal(200, await StatusAsync("/bigbluebutton/api", "BBB.example.org:8443"));
        Assert.Equal(403, await StatusAsync("/bigbluebutton/api", "evil.example.org"));
        Assert.Equal(403, await StatusAsync("/bigbluebutton/api", null));
        Assert.Equal(200, await StatusAsync("/health_check", "evil.example.org"));
        Assert.Equal(403, await StatusAsync("/bigbluebutton/api", "evil.example.org", "bbb.example.org"));

        async Task<int> StatusAsync(string path, string? host, string? forwarded = null) => (await balancer.Lms.GetUrlAsync(path, request =>
        {
            request.Headers.Host = host;
            if (forwarded is not null) request.Headers.Add("X-Forwarded-Host", forwarded);
        })).Status;
    }

    [Theory]
    [InlineData("127.0.0.1/32", 200)]
    [InlineData("10.0.0.0/8", 403)]
    public async Task Forwarded_headers_are_believed_of_trusted_proxies_alone(string trusted, int expected)
    {
        await using var balancer = await Balancer.StartAsync(0, settings => settings with
        {
            Http = settings.Http with { Host = "bbb.example.org", TrustedProxies = [IPNetwork.Parse(trusted)] },
        });

        var reply = await balancer.Lms.GetUrlAsync("/bigbluebutton/api", request =>
        {
            request.Headers.Add("X-Forwarded-Host", "bbb.example.org");
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        });

        Assert.Equal(expected, reply.Status);
    }

    [Theory]
    [InlineData("a-request.1_X", true)]
    [InlineData("two words", false)]
    [InlineData("<script>", false)]
    public async Task A_request_s_id_is_that_of_its_events_and_its_line(string id, bool taken)
    {
        await using var balancer = await Balancer.StartAsync(1);
        var unique = $"{id}{Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture)[..8]}";

        await balancer.Lms.GetUrlAsync(balancer.Lms.Sign("create", "name=Room&meetingID=room-1"), request => request.Headers.Add("X-Request-Id", unique));
        await balancer.IsLiveAsync("room-1");

        Assert.Equal(taken ? 2 : 0, await balancer.Database.ScalarAsync<long>("select count(*) from mt_events where correlation_id = $1", unique));
        Assert.Equal(taken ? 1 : 0, ConsoleText.Lines(unique).Length);
    }
}
