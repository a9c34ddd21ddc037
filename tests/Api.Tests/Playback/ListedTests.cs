using System.Text.Json.Nodes;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>From the lists that a client gets to what a person watches.</summary>
public sealed class ListedTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    private Lms Lms => shared.Balancer.Lms;

    [Fact]
    public async Task What_a_client_unpublishes_is_gone_with_its_answer_and_back_when_it_is_published()
    {
        var id = await shared.Shelf.AddAsync(files: ("video-0.webm", [1, 2, 3]));

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(200, (await shared.GetAsync($"/video/{id}/video-0.webm")).Status);
            Assert.Equal("SUCCESS", (await Lms.GetAsync("publishRecordings", $"recordID={id}&publish=false")).Code);
            Assert.Equal(404, (await shared.GetAsync($"/video/{id}/video-0.webm")).Status);
            Assert.Equal("SUCCESS", (await Lms.GetAsync("publishRecordings", $"recordID={id}&publish=true")).Code);
        }

        Assert.Equal(200, (await shared.GetAsync($"/video/{id}/video-0.webm")).Status);
        Assert.Equal("SUCCESS", (await Lms.GetAsync("deleteRecordings", $"recordID={id}")).Code);
        Assert.Equal(404, (await shared.GetAsync($"/video/{id}/video-0.webm")).Status);
    }

    [Fact]
    public async Task A_protected_recording_plays_by_the_listed_link_alone()
    {
        var id = await shared.Shelf.AddAsync();
        var open = await ListedAsync(id);
        Assert.Equal($"{shared.Balancer.Origin}/video/{id}/", open);
        Assert.Equal(200, (await Lms.GetUrlAsync(open)).Status);

        Assert.Equal("SUCCESS", (await Lms.GetAsync("updateRecordings", $"recordID={id}&protect=true")).Code);

        Assert.Equal(404, (await Lms.GetUrlAsync(open)).Status);
        var link = await ListedAsync(id);
        Assert.Matches($"/recording/{id}/video\\?token=[0-9a-f]{{64}}$", link);
        var opened = await Lms.GetUrlAsync(link);
        Assert.Equal(307, opened.Status);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal(Shelf.Page, (await shared.GetAsync(opened.Location, ("Cookie", cookie))).Bytes);
    }

    [Fact]
    public async Task A_text_track_plays_by_the_listed_link()
    {
        var id = await shared.Shelf.AddAsync("presentation", files: ("caption_en.vtt", "WEBVTT"u8.ToArray()));
        await shared.Shelf.HappensAsync(id, new RecordingTextTrackStored(id, "captions", "en", "English", "live", 6, DateTimeOffset.UtcNow));

        var tracks = JsonNode.Parse((await Lms.GetAsync("getRecordingTextTracks", $"recordID={id}")).Text)!["response"]!["tracks"]!.AsArray();

        var track = await Lms.GetUrlAsync(Assert.Single(tracks)!["href"]!.GetValue<string>());
        Assert.Equal((200, "WEBVTT"), (track.Status, track.Text));
    }

    private async Task<string> ListedAsync(string id) =>
        (await Lms.GetAsync("getRecordings", $"recordID={id}")).Xml.Descendants("url").Single().Value.Trim();
}
