using System.Text;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>The files of published recordings, as players ask for them.</summary>
public sealed class FileTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    private static readonly byte[] Media = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    private Shelf Shelf => shared.Shelf;

    [Fact]
    public async Task A_file_comes_whole_with_what_caches_and_players_need()
    {
        var id = await Shelf.AddAsync(files: ("video-0.m4v", Media));

        var reply = await shared.GetAsync($"/video/{id}/video-0.m4v");

        Assert.Equal(200, reply.Status);
        Assert.Equal(Media, reply.Bytes);
        Assert.Equal("video/mp4", reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal("bytes", Assert.Single(reply.Headers.AcceptRanges));
        Assert.False(reply.Headers.ETag?.IsWeak);
        Assert.NotNull(reply.ContentHeaders.LastModified);
        Assert.Equal("nosniff", Assert.Single(reply.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-cache", reply.Headers.CacheControl?.ToString());
        Assert.Null(reply.ContentHeaders.ContentDisposition);
    }

    [Fact]
    public async Task HEAD_tells_the_same_without_the_bytes()
    {
        var id = await Shelf.AddAsync(files: ("video-0.m4v", Media));

        var reply = await shared.SendAsync(HttpMethod.Head, $"/video/{id}/video-0.m4v");

        Assert.Equal(200, reply.Status);
        Assert.Equal(Media.Length, reply.ContentHeaders.ContentLength);
        Assert.NotNull(reply.Headers.ETag);
        Assert.Empty(reply.Bytes);
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=1000-", 1000, 299_000)]
    [InlineData("bytes=-500", 299_500, 500)]
    [InlineData("bytes=299999-400000", 299_999, 1)]
    public async Task A_range_is_answered_with_that_part(string range, int from, int length)
    {
        var id = await Shelf.AddAsync(files: ("video-0.m4v", Media));

        var reply = await shared.GetAsync($"/video/{id}/video-0.m4v", ("Range", range));

        Assert.Equal(206, reply.Status);
        Assert.Equal(Media[from..(from + length)], reply.Bytes);
        Assert.Equal($"bytes {from}-{from + length - 1}/{Media.Length}", reply.ContentHeaders.ContentRange?.ToString());
    }

    [Fact]
    public async Task A_range_behind_the_end_is_refused_and_several_at_once_give_the_whole()
    {
        var id = await Shelf.AddAsync(files: ("video-0.m4v", Media));

        var behind = await shared.GetAsync($"/video/{id}/video-0.m4v", ("Range", "bytes=300000-"));
        var several = await shared.GetAsync($"/video/{id}/video-0.m4v", ("Range", "bytes=0-1,5-6"));

        Assert.Equal(416, behind.Status);
        Assert.Equal($"bytes */{Media.Length}", behind.ContentHeaders.ContentRange?.ToString());
        Assert.Equal(200, several.Status);
        Assert.Equal(Media, several.Bytes);
    }

    [Fact]
    public async Task A_file_that_the_browser_has_is_not_sent_again_until_it_changes()
    {
        var id = await Shelf.AddAsync(files: ("video-0.m4v", Media));
        var path = $"/video/{id}/video-0.m4v";
        var first = await shared.GetAsync(path);
        var tag = first.Headers.ETag!.ToString();
        var date = first.ContentHeaders.LastModified!.Value.ToString("R");

        Assert.Equal(304, (await shared.GetAsync(path, ("If-None-Match", tag))).Status);
        Assert.Equal(304, (await shared.GetAsync(path, ("If-Modified-Since", date))).Status);
        Assert.Equal(412, (await shared.GetAsync(path, ("If-Match", "\"other\""))).Status);
        Assert.Equal(206, (await shared.GetAsync(path, ("Range", "bytes=0-9"), ("If-Range", tag))).Status);
        Assert.Equal(200, (await shared.GetAsync(path, ("Range", "bytes=0-9"), ("If-Range", "\"other\""))).Status);

        Shelf.Write("video", id, RecordingPlace.Published, "video-0.m4v", [.. Media.Reverse()]);

        var changed = await shared.GetAsync(path, ("If-None-Match", tag));
        Assert.Equal(200, changed.Status);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("captions_en.vtt", "text/vtt; charset=utf-8")]
    [InlineData("webcams.webm", "video/webm")]
    [InlineData("webcams.MP4", "video/mp4")]
    [InlineData("audio.ogg", "audio/ogg")]
    [InlineData("shapes.svg", "image/svg+xml")]
    [InlineData("metadata.xml", "text/xml")]
    [InlineData("captions.json", "application/json")]
    [InlineData("notes.html", "text/html; charset=utf-8")]
    [InlineData("player.js", "text/javascript; charset=utf-8")]
    [InlineData("player.css", "text/css; charset=utf-8")]
    [InlineData("notes.pdf", "application/pdf")]
    [InlineData("slide-1.png", "image/png")]
    [InlineData("slide-1.jpg", "image/jpeg")]
    [InlineData("font.woff2", "font/woff2")]
    [InlineData("strange.xyz", "application/octet-stream")]
    [InlineData("nothing", "application/octet-stream")]
    public async Task Files_say_what_they_are(string file, string contentType)
    {
        var id = await Shelf.AddAsync(files: (file, Media[..10]));

        var reply = await shared.GetAsync($"/video/{id}/{file}");

        Assert.Equal(contentType, reply.ContentHeaders.ContentType?.ToString());
    }

    [Theory]
    [InlineData("presentation", false)]
    [InlineData("video", false)]
    [InlineData("screenshare", false)]
    [InlineData("podcast", true)]
    [InlineData("notes", true)]
    [InlineData("slides_of-2030", true)]
    public async Task A_format_without_a_player_is_downloaded(string format, bool attached)
    {
        var id = await Shelf.AddAsync(format, files: ("file.pdf", Media[..10]));

        var reply = await shared.GetAsync($"/{format}/{id}/file.pdf");

        Assert.Equal(200, reply.Status);
        Assert.Equal(attached ? "attachment" : null, reply.ContentHeaders.ContentDisposition?.ToString());
    }

    [Fact]
    public async Task A_folder_shows_its_page_once_it_is_named_with_a_slash()
    {
        var id = await Shelf.AddAsync(files: [("part/index.html", Media[..10]), ("größe 100%/a&b.txt", Media[..20])]);

        Assert.Equal(Shelf.Page, (await shared.GetAsync($"/video/{id}/")).Bytes);
        Assert.Equal((307, $"/video/{id}/?t=5"), await LocationAsync($"/video/{id}?t=5"));
        Assert.Equal((307, $"/video/{id}/part/"), await LocationAsync($"/video/{id}/part"));
        Assert.Equal(Media[..10], (await shared.GetAsync($"/video/{id}/part/")).Bytes);
        Assert.Equal(Media[..20], (await shared.GetAsync($"/video/{id}/gr%C3%B6%C3%9Fe%20100%25/a&b.txt")).Bytes);
        Assert.Equal(404, (await shared.GetAsync($"/video/{id}/index.html/")).Status);

        async Task<(int, string)> LocationAsync(string path)
        {
            var reply = await shared.GetAsync(path);
            return (reply.Status, reply.Location);
        }
    }

    [Theory]
    [InlineData("../../../secret.txt")]
    [InlineData("..%2f..%2f..%2fsecret.txt")]
    [InlineData("..%2F..%2F..%2Fsecret.txt")]
    [InlineData("%2e%2e/%2e%2e/%2e%2e/secret.txt")]
    [InlineData("%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt")]
    [InlineData("..%5c..%5c..%5csecret.txt")]
    [InlineData("part/../../../../secret.txt")]
    [InlineData("/secret.txt")]
    [InlineData("//secret.txt")]
    [InlineData("%2fsecret.txt")]
    [InlineData("..%252f..%252f..%252fsecret.txt")]
    [InlineData("part%2fvideo.webm")]
    [InlineData(".manifest.jsonl")]
    [InlineData(".hidden/file.txt")]
    [InlineData("part/.htaccess")]
    [InlineData("video%0a.webm")]
    [InlineData("link.txt")]
    [InlineData("linked/secret.txt")]
    [InlineData("part")]
    [InlineData("missing.webm")]
    public async Task Nothing_but_the_format_s_own_files_is_served(string path)
    {
        File.WriteAllText(Path.Combine(shared.Folder, "secret.txt"), "secret");
        Directory.CreateDirectory(Path.Combine(shared.Folder, "elsewhere"));
        File.WriteAllText(Path.Combine(shared.Folder, "elsewhere", "secret.txt"), "secret");
        var id = await Shelf.AddAsync(
            files: [("part/video.webm", Media[..10]), (".manifest.jsonl", Media[..10]), (".hidden/file.txt", Media[..10]), ("part/.htaccess", Media[..10])]);
        File.CreateSymbolicLink(Path.Combine(Shelf.FolderOf("video", id), "link.txt"), Path.Combine(shared.Folder, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Shelf.FolderOf("video", id), "linked"), Path.Combine(shared.Folder, "elsewhere"));

        var reply = await shared.GetAsync($"/video/{id}/{path}");

        Assert.Equal(404, reply.Status);
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NUL_in_a_path_is_refused()
    {
        var id = await Shelf.AddAsync(files: ("video.webm", Media[..10]));

        Assert.Contains((await shared.GetAsync($"/video/{id}/video.webm%00.txt")).Status, new[] { 400, 404 });
    }

    [Fact]
    public async Task What_is_not_published_is_never_served_from_the_disk()
    {
        var unpublished = await Shelf.AddAsync(published: false);
        var onItsWay = await Shelf.AddAsync(place: RecordingPlace.Unpublished);
        var deleted = await Shelf.AddAsync();
        await Shelf.HappensAsync(deleted, new RecordingDeleted(deleted, "a test", DateTimeOffset.UtcNow));
        var gone = await Shelf.AddAsync();
        Directory.Delete(Shelf.FolderOf("video", gone), recursive: true);
        var halfImported = Shelf.NewId();
        Shelf.Write("video", halfImported, RecordingPlace.Published, "index.html", Shelf.Page);
        var video = await Shelf.AddAsync();
        Shelf.Write("podcast", video, RecordingPlace.Published, "index.html", Shelf.Page);

        foreach (var path in new[]
        {
            $"/video/{unpublished}/", $"/video/{onItsWay}/", $"/video/{deleted}/", $"/video/{gone}/", $"/video/{halfImported}/", $"/podcast/{video}/",
            $"/unpublished/video/{unpublished}/", $"/Video/{video}/", "/video/unknown/", "/video/un'known/", $"/recording/{unpublished}/video", $"/recording/{halfImported}/video",
        })
        {
            var reply = await shared.GetAsync(path);
            Assert.True(reply.Status == 404, $"{path}: {reply.Status}");
            Assert.Equal("text/html", reply.ContentHeaders.ContentType?.MediaType);
            Assert.DoesNotContain("A lesson", reply.Text, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await shared.GetAsync($"/video/{video}/")).Status);
    }

    [Fact]
    public async Task What_another_instance_unpublishes_is_gone_within_a_second_or_so()
    {
        var id = await Shelf.AddAsync();
        Assert.Equal(200, (await shared.GetAsync($"/video/{id}/")).Status);

        await Shelf.HappensAsync(id, new RecordingUnpublished(id, DateTimeOffset.UtcNow));

        // Its files are where they were: it is the state that counts.
        await Eventually.HoldsAsync("it is gone", async () => (await shared.GetAsync($"/video/{id}/")).Status == 404, seconds: 3);
    }

    [Fact]
    public async Task A_viewer_who_stops_in_the_middle_does_no_harm_and_a_file_is_streamed()
    {
        var id = await Shelf.AddAsync();
        await using (var file = File.Create(Path.Combine(Shelf.FolderOf("video", id), "long.webm"))) file.SetLength(1L << 32);
        using var http = new HttpClient();
        using (var response = await http.GetAsync($"{shared.Balancer.Origin}/video/{id}/long.webm", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(1L << 32, response.Content.Headers.ContentLength);
        }

        var end = await shared.GetAsync($"/video/{id}/long.webm", ("Range", "bytes=4294967290-"));

        Assert.Equal(206, end.Status);
        Assert.Equal(6, end.Bytes.Length);
    }

    [Fact]
    public async Task Only_listed_formats_are_played_where_formats_are_listed()
    {
        await using var balancer = await shared.StartAsync(settings => settings with
        {
            Recordings = settings.Recordings with { PlaybackFormats = ["presentation", "video"] },
        });
        var shelf = new Shelf(balancer, shared.Folder);
        var (video, podcast) = (await shelf.AddAsync(), await shelf.AddAsync("podcast"));

        Assert.Equal(200, (await balancer.Lms.GetUrlAsync($"/video/{video}/")).Status);
        Assert.Equal(404, (await balancer.Lms.GetUrlAsync($"/podcast/{podcast}/")).Status);
    }

    [Fact]
    public async Task Without_recordings_there_is_nothing_to_play()
    {
        await using var balancer = await shared.StartAsync(settings => settings with { Recordings = settings.Recordings with { Disabled = true } });
        var id = await new Shelf(balancer, shared.Folder).AddAsync();

        Assert.Equal(404, (await balancer.Lms.GetUrlAsync($"/video/{id}/")).Status);
    }

    [Fact]
    public async Task The_calls_keep_their_paths()
    {
        Assert.Equal(Encoding.UTF8.GetBytes("success"), (await shared.GetAsync("/health_check")).Bytes);
        Assert.Contains("SUCCESS", (await shared.GetAsync("/bigbluebutton/api")).Text, StringComparison.Ordinal);
        Assert.Contains("unsupportedRequest", (await shared.GetAsync("/bigbluebutton/api/video/abc")).Text, StringComparison.Ordinal);
    }
}
