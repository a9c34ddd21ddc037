using System.Text;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary><c>bbb-api.md §1.3</c>: who may call.</summary>
public sealed class ChecksumTests(ChecksumTests.ThreeSecrets shared) : IClassFixture<ChecksumTests.ThreeSecrets>
{
    private const string Missing = "You did not pass the checksum security check";

    private Lms Lms => shared.Balancer.Lms;

    [Theory]
    [InlineData(ChecksumAlgorithm.Sha1, Balancer.Secret)]
    [InlineData(ChecksumAlgorithm.Sha256, Balancer.Secret)]
    [InlineData(ChecksumAlgorithm.Sha384, Balancer.Secret)]
    [InlineData(ChecksumAlgorithm.Sha512, Balancer.Secret)]
    [InlineData(ChecksumAlgorithm.Sha1, "second-secret")]
    [InlineData(ChecksumAlgorithm.Sha512, "third-secret")]
    internal async Task Any_algorithm_and_any_of_the_secrets_signs(ChecksumAlgorithm algorithm, string secret)
    {
        var reply = await Lms.GetUrlAsync(Lms.Sign("isMeetingRunning", "meetingID=foobar", algorithm, secret));

        Assert.Equal((200, "SUCCESS", "false"), (reply.Status, reply.Code, reply["running"]));
    }

    [Theory]
    [InlineData("meetingID=foobar&name=x&checksum={0}", "meetingID=foobar&name=x")]
    [InlineData("checksum={0}&meetingID=foobar&name=x", "meetingID=foobar&name=x")]
    [InlineData("meetingID=foobar&checksum={0}&name=x", "meetingID=foobar&name=x")]
    [InlineData("&meetingID=foobar&checksum={0}", "&meetingID=foobar")]
    [InlineData("meetingID=foobar&name=A+B%20%c3%a9%7Ex|y", "meetingID=foobar&name=A+B%20%c3%a9%7Ex|y")]
    public async Task The_checksum_may_stand_anywhere_and_covers_the_query_as_it_was_sent(string query, string covered)
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha1, "isMeetingRunning", covered, Balancer.Secret);
        var sent = query.Contains("{0}", StringComparison.Ordinal) ? string.Format(null, query, checksum) : $"{query}&checksum={checksum}";

        Assert.Equal("SUCCESS", (await Lms.GetUrlAsync($"/bigbluebutton/api/isMeetingRunning?{sent}")).Code);
    }

    [Fact]
    public async Task A_call_without_parameters_signs_the_empty_query()
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, "getMeetings", "", Balancer.Secret);

        Assert.Equal("SUCCESS", (await Lms.GetUrlAsync($"/bigbluebutton/api/getMeetings?&checksum={checksum}")).Code);
        Assert.Equal("SUCCESS", (await Lms.GetUrlAsync($"/bigbluebutton/api/getMeetings?checksum={checksum}")).Code);
    }

    [Fact]
    public async Task Hex_digits_may_be_capitals()
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, "getMeetings", "", Balancer.Secret).ToUpperInvariant();

        Assert.Equal("SUCCESS", (await Lms.GetUrlAsync($"/bigbluebutton/api/getMeetings?checksum={checksum}")).Code);
    }

    [Theory]
    [InlineData("meetingID=foobar")]
    [InlineData("meetingID=foobar&checksum=")]
    [InlineData("meetingID=foobar&checksum=abc")]
    [InlineData("meetingID=foobar&checksum=zz39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("")]
    public async Task Without_a_right_checksum_nothing_is_answered(string query)
    {
        var reply = await Lms.GetUrlAsync($"/bigbluebutton/api/isMeetingRunning?{query}");

        Assert.Equal((200, "FAILED", "checksumError", Missing), (reply.Status, reply.Code, reply.Key, reply.Message));
    }

    [Fact]
    public async Task A_checksum_of_another_call_or_another_query_is_wrong()
    {
        var other = Lms.Sign("getMeetingInfo", "meetingID=foobar").Replace("getMeetingInfo", "isMeetingRunning", StringComparison.Ordinal);
        var changed = Lms.Sign("isMeetingRunning", "meetingID=foobar").Replace("foobar", "foobaz", StringComparison.Ordinal);

        Assert.Equal("checksumError", (await Lms.GetUrlAsync(other)).Key);
        Assert.Equal("checksumError", (await Lms.GetUrlAsync(changed)).Key);
    }

    [Fact]
    public async Task Algorithms_can_be_restricted()
    {
        await using var balancer = await Balancer.StartAsync(0, settings => settings with
        {
            Security = settings.Security with { AllowedAlgorithms = ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha256, ChecksumAlgorithm.Sha512) },
        });
        var keys = new List<string>();
        foreach (var algorithm in Enum.GetValues<ChecksumAlgorithm>())
            keys.Add((await balancer.Lms.GetUrlAsync(balancer.Lms.Sign("isMeetingRunning", "meetingID=ab", algorithm))).Key);

        Assert.Equal(["checksumError", "", "checksumError", ""], keys);
    }

    public sealed class ThreeSecrets : SharedBalancer
    {
        private protected override Settings Change(Settings settings) => settings with
        {
            Security = settings.Security with { LoadBalancerSecrets = [Balancer.Secret, "second-secret", "third-secret"] },
        };
    }
}
