using System.Text;
using Microsoft.AspNetCore.Http;
using Scalelite.Api.Playback;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Protected recordings: a link with a token, a cookie, and nothing without it.</summary>
public sealed class ProtectedTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    private static readonly string KeyBase = Balancer.Defaults.Security.SecretKeyBase;

    private Shelf Shelf => shared.Shelf;

    [Fact]
    public async Task A_link_opens_the_recording_as_often_as_it_is_followed()
    {
        var id = await Shelf.AddAsync(isProtected: true);
        var link = Link(id);
        Assert.Matches($"^/recording/{id}/video\\?token=[0-9a-f]{{64}}$", link);

        Assert.Equal(307, (await shared.SendAsync(HttpMethod.Head, link)).Status);
        for (var click = 0; click < 3; click++)
        {
            var opened = await shared.GetAsync(link);
            Assert.Equal(307, opened.Status);
            Assert.Equal($"/video/{id}/", opened.Location);
            Assert.True(opened.Headers.CacheControl?.NoStore);

            var played = await shared.GetAsync(opened.Location, ("Cookie", CookieOf(opened)));
            Assert.Equal(200, played.Status);
            Assert.Equal(Shelf.Page, played.Bytes);
            Assert.Equal("no-cache, private", played.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Listing_a_link_writes_nothing_and_any_instance_knows_it()
    {
        var id = await Shelf.AddAsync(isProtected: true);
        await using var other = await shared.StartAsync(settings => settings with { Database = new DatabaseSettings { ConnectionString = shared.Balancer.Database.ConnectionString } });
        var before = await WrittenAsync();

        var link = Link(id);
        var opened = await other.Lms.GetUrlAsync(link);

        Assert.Equal(307, opened.Status);
        Assert.Equal(200, (await shared.GetAsync($"/video/{id}/", ("Cookie", CookieOf(opened)))).Status);
        Assert.Equal(before, await WrittenAsync());

        Task<long> WrittenAsync() => shared.Balancer.Database.ScalarAsync<long>("select count(*) from mt_events");
    }

    [Fact]
    public async Task The_cookie_is_for_one_format_of_one_recording_and_works_in_frames()
    {
        var id = await Shelf.AddAsync(isProtected: true);

        var cookie = Assert.Single((await shared.GetAsync(Link(id))).Headers.GetValues("Set-Cookie"));

        Assert.StartsWith($"recording_video_{id}=", cookie, StringComparison.Ordinal);
        var attributes = cookie.Split("; ")[1..].Order(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["httponly", $"path=/video/{id}", "samesite=none", "secure"], attributes);
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(cookie.Split('=', 2)[1].Split('.')[1]));
        Assert.Matches($$"""^\{"sub":"/video/{{id}}","exp":\d{10}\}$""", claims);
    }

    [Fact]
    public async Task Without_its_cookie_nothing_of_it_is_there()
    {
        var thumbnail = "presentation/abc/thumbnails/thumb-1.png";
        var id = await Shelf.AddAsync("presentation", isProtected: true, files: [(thumbnail, [1, 2, 3])]);
        var cookie = CookieOf(await shared.GetAsync(Link(id, "presentation")));

        foreach (var path in new[] { $"/presentation/{id}", $"/presentation/{id}/", $"/presentation/{id}/{thumbnail}", $"/presentation/{id}/missing.png" })
        {
            Assert.Equal(404, (await shared.GetAsync(path)).Status);
            Assert.Equal(404, (await shared.GetAsync(path, ("Cookie", $"recording_presentation_{id}="))).Status);
            Assert.Equal(404, (await shared.GetAsync(path, ("Cookie", cookie + "x"))).Status);
        }

        Assert.Equal(200, (await shared.GetAsync($"/presentation/{id}/{thumbnail}", ("Cookie", cookie))).Status);
        Assert.Equal(206, (await shared.GetAsync($"/presentation/{id}/{thumbnail}", ("Cookie", cookie), ("Range", "bytes=0-0"))).Status);
    }

    [Fact]
    public async Task A_cookie_is_bound_to_its_recording_and_format_and_opens_no_other()
    {
        var (a, b) = (await Shelf.AddAsync(isProtected: true), await Shelf.AddAsync(isProtected: true));
        await Shelf.AddAsync("podcast", id: a);
        var ofA = CookieOf(await shared.GetAsync(Link(a))).Split('=', 2)[1];

        Assert.Equal(200, await WithAsync($"/video/{a}/", $"recording_video_{a}={ofA}"));
        Assert.Equal(404, await WithAsync($"/video/{b}/", $"recording_video_{b}={ofA}"));
        Assert.Equal(404, await WithAsync($"/video/{b}/", $"recording_video_{a}={ofA}"));
        Assert.Equal(404, await WithAsync($"/podcast/{a}/", $"recording_podcast_{a}={ofA}"));
        Assert.Equal(404, (await shared.GetAsync(Link(a).Replace(a, b, StringComparison.Ordinal))).Status);
        Assert.Equal(404, (await shared.GetAsync(Link(a).Replace("/video", "/podcast", StringComparison.Ordinal))).Status);

        async Task<int> WithAsync(string path, string cookie) => (await shared.GetAsync(path, ("Cookie", cookie))).Status;
    }

    [Fact]
    public async Task A_cookie_that_was_not_made_here_opens_nothing()
    {
        var id = await Shelf.AddAsync(isProtected: true);
        var good = CookieOf(await shared.GetAsync(Link(id))).Split('=', 2)[1].Split('.');
        var none = System.Buffers.Text.Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8);

        foreach (var token in new[]
        {
            $"{none}.{good[1]}.", $"{none}.{good[1]}.{good[2]}", $"{good[0]}.{good[1]}.", $"{good[0]}.{good[1]}", "a.b.c",
            CookieFor(id, "x" + KeyBase, DateTimeOffset.UtcNow), CookieFor(id, KeyBase, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(361)),
        })
        {
            Assert.Equal(404, (await shared.GetAsync($"/video/{id}/", ("Cookie", $"recording_video_{id}={token}"))).Status);
        }

        var late = CookieFor(id, KeyBase, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(359));
        Assert.Equal(200, (await shared.GetAsync($"/video/{id}/", ("Cookie", $"recording_video_{id}={late}"))).Status);
    }

    [Fact]
    public async Task An_expired_link_says_so_and_a_wrong_one_says_nothing()
    {
        var id = await Shelf.AddAsync(isProtected: true);

        var expired = await shared.GetAsync(Link(id, madeAt: DateTimeOffset.UtcNow - TimeSpan.FromMinutes(61)));
        var last = await shared.GetAsync(Link(id, madeAt: DateTimeOffset.UtcNow - TimeSpan.FromMinutes(59)));

        Assert.Equal(410, expired.Status);
        Assert.Contains("This link has expired", expired.Text, StringComparison.Ordinal);
        Assert.False(expired.Headers.Contains("Set-Cookie"));
        Assert.Equal(307, last.Status);
        foreach (var query in new[] { "", "?token=", "?token=abc", $"?token={new string('0', 64)}", $"?token={new string('f', 64)}", $"?token[]={new string('f', 64)}" })
        {
            var wrong = await shared.GetAsync($"/recording/{id}/video{query}");
            Assert.Equal(404, wrong.Status);
            Assert.False(wrong.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task A_valid_cookie_or_link_opens_nothing_that_is_no_longer_published()
    {
        var (unpublished, deleted) = (await Shelf.AddAsync(isProtected: true), await Shelf.AddAsync(isProtected: true));
        var (first, second) = (CookieOf(await shared.GetAsync(Link(unpublished))), CookieOf(await shared.GetAsync(Link(deleted))));

        await Shelf.HappensAsync(unpublished, new RecordingUnpublished(unpublished, DateTimeOffset.UtcNow));
        await Shelf.HappensAsync(deleted, new RecordingDeleted(deleted, "a test", DateTimeOffset.UtcNow));

        await Eventually.HoldsAsync("they are gone", async () =>
            (await shared.GetAsync($"/video/{unpublished}/", ("Cookie", first))).Status == 404
            && (await shared.GetAsync($"/video/{deleted}/", ("Cookie", second))).Status == 404);
        Assert.Equal(404, (await shared.GetAsync(Link(unpublished))).Status);
        Assert.Equal(404, (await shared.GetAsync(Link(deleted))).Status);
    }

    [Fact]
    public async Task A_recording_that_is_not_protected_needs_no_token_and_gets_no_cookie()
    {
        var id = await Shelf.AddAsync("presentation", link: "/playback/presentation/2.3/abc?a=b");

        var opened = await shared.GetAsync($"/recording/{id}/presentation");

        Assert.Equal((307, "/playback/presentation/2.3/abc?a=b"), (opened.Status, opened.Location));
        Assert.False(opened.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("//evil.example.org/")]
    [InlineData("/\\evil.example.org/")]
    [InlineData("https://evil.example.org/")]
    [InlineData("/video/\r\nSet-Cookie: a=b")]
    [InlineData("")]
    public async Task An_archive_s_link_leads_nowhere_else(string link)
    {
        var id = await Shelf.AddAsync(link: link);

        Assert.Equal($"/video/{id}/", (await shared.GetAsync($"/recording/{id}/video")).Location);
    }

    [Fact]
    public async Task Where_protection_is_off_everything_published_is_open()
    {
        await using var balancer = await shared.StartAsync(settings => settings with { Playback = new PlaybackSettings() });
        var id = await new Shelf(balancer, shared.Folder).AddAsync(isProtected: true);

        Assert.Equal(200, (await balancer.Lms.GetUrlAsync($"/video/{id}/")).Status);
        Assert.Equal(307, (await balancer.Lms.GetUrlAsync($"/recording/{id}/video")).Status);
    }

    private static string CookieOf(Reply reply) => Assert.Single(reply.Headers.GetValues("Set-Cookie")).Split(';')[0];

    /// <summary>A cookie's value as an instance with that key would have set it then.</summary>
    private static string CookieFor(string id, string keyBase, DateTimeOffset madeAt)
    {
        var http = new DefaultHttpContext();
        new PlaybackCookie(keyBase, new PlaybackSettings(), new StoppedClock(madeAt)).Set(http.Response, "video", id);
        return http.Response.Headers.SetCookie.ToString().Split(';')[0].Split('=', 2)[1];
    }

    private static string Link(string id, string format = "video", DateTimeOffset? madeAt = null) =>
        new ProtectedLinks(new LinkTokens(KeyBase, new StoppedClock(madeAt ?? DateTimeOffset.UtcNow)), new PlaybackSettings()).LinkOf("", "", id, format);
}
