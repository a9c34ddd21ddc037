using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class ChecksumTests : OneNode
{
    [Theory]
    [InlineData(ChecksumAlgorithm.Sha1)]
    [InlineData(ChecksumAlgorithm.Sha256)]
    [InlineData(ChecksumAlgorithm.Sha384)]
    [InlineData(ChecksumAlgorithm.Sha512)]
    public async Task All_four_algorithms_are_taken(ChecksumAlgorithm algorithm)
    {
        using var answer = await BbbCaller.GetAsync(Bbb.Sign("isMeetingRunning", "meetingID=abc", algorithm));
        Assert.Equal("text/xml;charset=utf-8", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Contains("<running>false</running>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl!.NoCache);
    }

    [Theory]
    [InlineData("create?name=R", "You must provide the checksum")]
    [InlineData("create?name=R&checksum=", "You must provide the checksum")]
    [InlineData("create?name=R&checksum=00", "Checksums do not match")]
    [InlineData("getMeetingInfo?meetingID=x&checksum=46cf608d2b96da8e287911640412c8a08d0ee33e", "Checksums do not match")]
    public async Task A_wrong_or_missing_checksum_is_all_that_is_said(string target, string message)
    {
        using var answer = await BbbCaller.GetAsync($"{Node.Url}/{target}");
        Assert.Equal(
            $"<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>{message}</message></response>",
            await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, Node.Journal.ChecksumErrors);
    }

    [Fact]
    public async Task A_secret_that_was_changed_counts_at_once()
    {
        var before = Bbb.Sign("getMeetings", "");
        Node.Secret = "another";
        using var answer = await BbbCaller.GetAsync(before);
        Assert.Contains("checksumError", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("SUCCESS", (await Bbb.XmlAsync("getMeetings")).Code());
    }
}
