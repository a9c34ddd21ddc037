using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Hooks;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

public sealed class HookEventTests
{
    private const string Body = "domain=node.example&event=%5B%7B%22a%22%3A%22b+c%22%7D%5D&timestamp=1";
    private const string Url = "https://lb.example/bigbluebutton/hooks/1/a/m";

    [Theory]
    [InlineData(ChecksumAlgorithm.Sha1)]
    [InlineData(ChecksumAlgorithm.Sha256)]
    [InlineData(ChecksumAlgorithm.Sha512)]
    public void Only_the_node_s_secret_over_the_URL_and_the_whole_body_signs(ChecksumAlgorithm algorithm)
    {
        var right = Checksum.Compute(algorithm, Url, Body, "secret");

        Assert.True(HookEvent.IsSigned(right, ["http://other", Url], Body, ["older", "secret"]));
        Assert.False(HookEvent.IsSigned(right, ["http://other"], Body, ["secret"]));
        Assert.False(HookEvent.IsSigned(right, [Url], Body + "2", ["secret"]));
        Assert.False(HookEvent.IsSigned(right, [Url], Body, ["other", ""]));
        Assert.False(HookEvent.IsSigned(right, [Url], Body, []));
        foreach (var wrong in new[] { null, "", "x", right + "&a=b", right[1..] }) Assert.False(HookEvent.IsSigned(wrong, [Url], Body, ["secret"]));
    }

    [Fact]
    public void The_pool_s_name_takes_the_place_of_the_node_s_and_all_else_stays_as_it_came() =>
        Assert.Equal(Body.Replace("node.example", "lb.example", StringComparison.Ordinal), HookEvent.WithDomain(Body, "lb.example"));

    [Theory]
    [InlineData("[{\"data\":{\"id\":\"meeting-created\",\"attributes\":{\"meeting\":{\"internal-meeting-id\":\"int-1\",\"external-meeting-id\":\"room\"}}}}]", "int-1", "room")]
    [InlineData("[{\"envelope\":{\"name\":\"x\"},\"core\":{\"header\":{\"meetingId\":\"int-1\"}}}]", "int-1", null)]
    [InlineData("[{\"envelope\":{\"routing\":{\"meetingId\":\"int-2\"}}}]", "int-2", null)]
    [InlineData("[{\"data\":{}}]", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("{", null, null)]
    [InlineData("[7]", null, null)]
    public void It_tells_which_meeting_it_is_about(string json, string? internalId, string? meetingId) =>
        Assert.Equal((internalId, meetingId), HookEvent.MeetingOf($"domain=x&event={Uri.EscapeDataString(json)}&timestamp=1"));
}
