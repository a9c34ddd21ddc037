using Scalelite.Api.Tests.CommandLine.Imbalance;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>How unequally the pool was used, by <c>/admin/api/v1/imbalance</c>: what the command line's <c>--json</c> says.</summary>
public sealed class ImbalanceTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task A_morning_is_told_with_its_buckets_and_its_worst_moments()
    {
        await new ImbalanceScene(host.Balancer.Service<IDocumentStore>()).TellAsync();

        var answer = await host.GetAsync("/imbalance?from=2026-03-02T07:00:00Z&to=2026-03-02T09:00:00Z&bucket=10m");

        Assert.Equal(200, answer.Status);
        Assert.Equal(600, answer.Json.GetProperty("bucket_seconds").GetDouble());
        Assert.Equal(12, answer.Json.GetProperty("buckets").GetArrayLength());
        Assert.Equal(64, answer.Json.GetProperty("overall").GetProperty("placements").GetInt32());
        Assert.Equal(
            ["node-5", "node-3", "node-7", "node-10", "node-9"],
            answer.Json.GetProperty("moments").EnumerateArray().Select(moment => moment.GetProperty("server_id").GetString()));
    }
}
