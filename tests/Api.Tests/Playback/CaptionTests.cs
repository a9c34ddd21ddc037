using System.Text;
using Scalelite.Api.Playback;
using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>The links of getRecordingTextTracks.</summary>
public sealed class CaptionTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    private static readonly byte[] Track = Encoding.UTF8.GetBytes("WEBVTT\n\n00:00.000 --> 00:01.000\nGrüß Gott\n");

    [Theory]
    [InlineData("presentation", false)]
    [InlineData("video", false)]
    [InlineData("presentation", true)]
    public async Task A_link_gives_the_track_for_an_hour(string format, bool isProtected)
    {
        var id = await shared.Shelf.AddAsync(format, isProtected: isProtected, files: ("caption_de-AT.vtt", Track));

        var reply = await shared.GetAsync(Link(id));

        Assert.Equal(200, reply.Status);
        Assert.Equal(Track, reply.Bytes);
        Assert.Equal("text/vtt; charset=utf-8", reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal(200, (await shared.GetAsync(Link(id, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(59)))).Status);
        Assert.Equal(410, (await shared.GetAsync(Link(id, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(61)))).Status);
    }

    [Fact]
    public async Task It_gives_no_other_track_and_none_of_what_is_not_published()
    {
        var id = await shared.Shelf.AddAsync("presentation", files: [("caption_de-AT.vtt", Track), ("caption_en.vtt", Track)]);
        var other = await shared.Shelf.AddAsync("presentation", files: ("caption_de-AT.vtt", Track));
        var unpublished = await shared.Shelf.AddAsync("presentation", published: false, files: ("caption_de-AT.vtt", Track));
        var podcast = await shared.Shelf.AddAsync("podcast", files: ("caption_de-AT.vtt", Track));
        var link = Link(id);

        foreach (var wrong in new[]
        {
            link.Replace("de-AT", "en", StringComparison.Ordinal), link.Replace("captions_", "subtitles_", StringComparison.Ordinal),
            link.Replace("captions_", "", StringComparison.Ordinal), link.Replace("de-AT", "..%2fde-AT", StringComparison.Ordinal),
            link.Replace(".vtt", "", StringComparison.Ordinal), link.Replace(id, other, StringComparison.Ordinal), Link(unpublished), Link(podcast),
            $"/captions/{new string('0', 64)}/{id}/captions_de-AT.vtt",
        })
        {
            Assert.Equal(404, (await shared.GetAsync(wrong)).Status);
        }
    }

    private static string Link(string id, DateTimeOffset? madeAt = null) => new ProtectedLinks(
        new LinkTokens(Balancer.Defaults.Security.SecretKeyBase, new StoppedClock(madeAt ?? DateTimeOffset.UtcNow)), new PlaybackSettings())
        .CaptionsOf("", "", id, "captions", "de-AT");
}
