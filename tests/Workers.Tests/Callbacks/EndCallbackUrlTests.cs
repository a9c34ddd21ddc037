using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Callbacks.Ends;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

public sealed class EndCallbackUrlTests
{
    private static readonly Guid Run = Guid.Parse("01957000-0000-7000-8000-000000000002");

    [Theory]
    [InlineData("https://lms/end", "https://lms/end?recordingmarks=true&meetingID=a%2Fb%26c")]
    [InlineData("https://lms/end?x=1", "https://lms/end?x=1&recordingmarks=true&meetingID=a%2Fb%26c")]
    [InlineData("https://lms/end?", "https://lms/end?recordingmarks=true&meetingID=a%2Fb%26c")]
    [InlineData("https://lms/end?x=1&", "https://lms/end?x=1&recordingmarks=true&meetingID=a%2Fb%26c")]
    [InlineData(" https://lms/end?x=%41#top", "https://lms/end?x=%41&recordingmarks=true&meetingID=a%2Fb%26c")]
    public void The_client_s_URL_gets_what_a_node_would_add(string url, string called) =>
        Assert.Equal(called, EndCallbackUrl.ForClient(url, true, "a/b&c"));

    [Fact]
    public void A_URL_is_good_for_one_run_on_one_server_under_one_key()
    {
        var mac = Mac("one");
        var url = EndCallbackUrl.Of(mac, "https://lb", Run, "a");
        var digits = url[(url.LastIndexOf('/') + 1)..];

        Assert.Equal($"https://lb/bigbluebutton/api/end_callback/{Run}/{digits}", url);
        Assert.Equal(url, EndCallbackUrl.Of(Mac("one"), "https://lb", Run, "a"));
        Assert.True(EndCallbackUrl.IsRight(mac, Run, "a", digits));
        Assert.False(EndCallbackUrl.IsRight(mac, Run, "b", digits));
        Assert.False(EndCallbackUrl.IsRight(mac, Guid.NewGuid(), "a", digits));
        Assert.False(EndCallbackUrl.IsRight(Mac("two"), Run, "a", digits));
        foreach (var wrong in new[] { null, "", digits[1..], digits + "0", digits.ToUpperInvariant() + "é" }) Assert.False(EndCallbackUrl.IsRight(mac, Run, "a", wrong));
    }

    private static CallbackMac Mac(string key) => new(new Settings { Security = new SecuritySettings { SecretKeyBase = key } });
}
