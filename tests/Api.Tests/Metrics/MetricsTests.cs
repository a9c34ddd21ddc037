using System.Globalization;
using Scalelite.Api.Metrics;
using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Metrics;

public sealed class MetricsBalancer : SharedBalancer
{
    internal const string Token = "the-token-of-prometheus";

    private protected override Settings Change(Settings settings) =>
        settings with { Http = settings.Http with { MetricsToken = Token, Host = "bbb.example.org" } };
}

public sealed class MetricsTests(MetricsBalancer shared) : IClassFixture<MetricsBalancer>
{
    private readonly Balancer _balancer = shared.Balancer;

    [Fact]
    public async Task The_pool_and_the_calls_can_be_read()
    {
        var before = await CountAsync("isMeetingRunning", "SUCCESS");
        var host = new Action<HttpRequestMessage>(request => request.Headers.Host = "bbb.example.org");
        await _balancer.Lms.GetUrlAsync(_balancer.Lms.Sign("isMeetingRunning", "meetingID=nobody"), host);
        await _balancer.Lms.GetUrlAsync("/bigbluebutton/api/made-up-by-somebody?checksum=1", host);
        await _balancer.Lms.GetUrlAsync("/bigbluebutton/api/getMeetings?checksum=wrong", host);

        var page = await ReadAsync();

        Assert.Equal(before + 1, await CountAsync("isMeetingRunning", "SUCCESS"));
        Assert.Contains("scalelite_call_duration_seconds_count{call=\"getMeetings\",outcome=\"checksumError\"}", page, StringComparison.Ordinal);
        Assert.Contains("call=\"unknown\",outcome=\"unsupportedRequest\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("made-up", page, StringComparison.Ordinal);
        foreach (var name in new[] { "scalelite_server_up", "scalelite_server_load", "scalelite_server_meetings", "scalelite_server_takes_meetings" })
            Assert.Equal(2, page.Split('\n').Count(line => line.StartsWith($"{name}{{", StringComparison.Ordinal)));
        Assert.Contains("scalelite_dead_letters 0", page, StringComparison.Ordinal);
        Assert.Contains("scalelite_log_sealed_number 0", page, StringComparison.Ordinal);
        Assert.DoesNotContain("scalelite_log_unsealed_seconds 0\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Balancer.Secret, page, StringComparison.Ordinal);
        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
            Assert.True(double.TryParse(line[(line.LastIndexOf(' ') + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out _), line);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic the-token-of-prometheus")]
    public async Task Nobody_reads_them_without_the_token(string? authorization) => Assert.Equal(401, (await GetAsync(authorization)).Status);

    [Fact]
    public async Task Without_a_token_in_the_settings_there_are_none()
    {
        await using var without = await Balancer.StartAsync(nodes: 1);

        Assert.Equal(404, (await without.Lms.GetUrlAsync(MetricsEndpoint.Path, request => request.Headers.TryAddWithoutValidation("Authorization", "Bearer "))).Status);
    }

    [Fact]
    public void Whatever_keys_nodes_make_up_the_page_stays_short()
    {
        var calls = new CallMetrics();
        for (var i = 0; i < 10_000; i++) calls.Count("create", $"key{i}", TimeSpan.FromMilliseconds(i));

        Assert.InRange(calls.Read().Count, 1, 310);
        Assert.Equal(10_000, calls.Read().Sum(series => series.UpTo[^1]));
    }

    private Task<Reply> GetAsync(string? authorization) => _balancer.Lms.GetUrlAsync(
        MetricsEndpoint.Path, request => request.Headers.TryAddWithoutValidation("Authorization", authorization));

    private async Task<string> ReadAsync()
    {
        var reply = await GetAsync($"Bearer {MetricsBalancer.Token}");
        Assert.Equal(200, reply.Status);
        return reply.Text;
    }

    private async Task<long> CountAsync(string call, string outcome)
    {
        var start = $"scalelite_call_duration_seconds_count{{call=\"{call}\",outcome=\"{outcome}\"}} ";
        var line = (await ReadAsync()).Split('\n').SingleOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[start.Length..], CultureInfo.InvariantCulture);
    }
}
