using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>URLs of nodes and of older BBBs lead where they lead on a Scalelite host.</summary>
public sealed class OldUrlTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    [Theory]
    [InlineData("/playback/presentation/2.0/playback.html?meetingId=abc-1", 301, "/playback/presentation/2.3/abc-1?meetingId=abc-1")]
    [InlineData("/playback/presentation/2.0/playback.html?meetingId=abc-1&t=5", 301, "/playback/presentation/2.3/abc-1?meetingId=abc-1&t=5")]
    [InlineData("/playback/presentation/playback.html?meetingId=abc-1", 301, "/playback/presentation/0.81/playback.html?meetingId=abc-1")]
    [InlineData("/playback/video/abc-1/", 307, "/video/abc-1/")]
    [InlineData("/playback/video/abc-1", 307, "/video/abc-1/")]
    [InlineData("/playback/video/abc-1/video-0.m4v", 307, "/video/abc-1/video-0.m4v")]
    [InlineData("/playback/video/abc-1/a%20b%3Fc.vtt?t=5", 307, "/video/abc-1/a%20b%3Fc.vtt?t=5")]
    [InlineData("/recording/screenshare/abc-1", 307, "/screenshare/abc-1/")]
    [InlineData("/recording/screenshare/abc-1/screenshare-0.webm", 307, "/screenshare/abc-1/screenshare-0.webm")]
    public async Task An_old_URL_leads_on(string path, int status, string location)
    {
        var reply = await shared.GetAsync(path);

        Assert.Equal((status, location), (reply.Status, reply.Location));
        Assert.Equal(status, (await shared.SendAsync(HttpMethod.Head, path)).Status);
    }

    [Theory]
    [InlineData("/playback/presentation/2.0/playback.html")]
    [InlineData("/playback/presentation/2.0/playback.html?meetingId=")]
    [InlineData("/playback/presentation/2.0/playback.html?meetingId=//evil.example.org")]
    [InlineData("/playback/presentation/2.0/playback.html?meetingId=a%0d%0ab")]
    [InlineData("/playback/video/")]
    [InlineData("/playback/video//evil.example.org/")]
    [InlineData("/playback/video/..%2f..%2fevil")]
    [InlineData("/recording/screenshare//evil.example.org/")]
    [InlineData("/recording/screenshare/abc/..%5c..%5cevil")]
    public async Task An_odd_one_leads_nowhere(string path)
    {
        var reply = await shared.GetAsync(path);

        Assert.Equal(404, reply.Status);
        Assert.Null(reply.Headers.Location);
    }
}
