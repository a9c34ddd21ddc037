using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Files that the web server in front sends, by X-Accel-Redirect.</summary>
public sealed class AccelTests(AccelTests.BehindNginx shared) : IClassFixture<AccelTests.BehindNginx>
{
    [Theory]
    [InlineData("", "")]
    [InlineData("video-0.m4v", "video-0.m4v")]
    [InlineData("gr%C3%B6%C3%9Fe%20100%25.vtt", "gr%C3%B6%C3%9Fe%20100%25.vtt")]
    [InlineData("a%3Fb%23c.vtt?t=5", "a%3Fb%23c.vtt")]
    public async Task The_server_in_front_is_told_the_file_and_gets_no_body(string path, string told)
    {
        var id = await shared.Shelf.AddAsync();

        var reply = await shared.GetAsync($"/video/{id}/{path}");

        Assert.Equal(200, reply.Status);
        Assert.Empty(reply.Bytes);
        Assert.Equal($"/static-resource/video/{id}/{told}", Assert.Single(reply.Headers.GetValues("X-Accel-Redirect")));
    }

    [Fact]
    public async Task It_is_told_what_a_browser_needs_to_know()
    {
        var podcast = await shared.Shelf.AddAsync("podcast");

        var reply = await shared.GetAsync($"/podcast/{podcast}/audio.ogg");

        Assert.Equal("audio/ogg", reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal("attachment", reply.ContentHeaders.ContentDisposition?.ToString());
        Assert.Equal("no-cache", reply.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task What_is_not_published_is_never_named_to_the_server_in_front()
    {
        var (open, unpublished, closed) = (await shared.Shelf.AddAsync(), await shared.Shelf.AddAsync(published: false), await shared.Shelf.AddAsync(isProtected: true));

        foreach (var path in new[]
        {
            $"/video/{unpublished}/", $"/video/{closed}/", $"/podcast/{open}/", $"/video/{open}/..%2f..%2fsecret", $"/video/{open}/.manifest.jsonl", $"/video/{open}/a%5c..%5cb",
        })
        {
            var reply = await shared.GetAsync(path);
            Assert.Equal(404, reply.Status);
            Assert.False(reply.Headers.Contains("X-Accel-Redirect"));
        }
    }

    public sealed class BehindNginx : SharedShelf
    {
        private protected override Settings Change(Settings settings) =>
            settings with { Playback = settings.Playback with { AccelRedirect = "/static-resource" } };
    }
}
