using System.Text.Json;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>getRecordingTextTracks and putRecordingTextTrack (<c>bbb-api.md §4.3</c>).</summary>
public sealed class TextTrackTests(SharedRecordings shared) : IClassFixture<SharedRecordings>
{
    private const string Vtt = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nGuten Morgen\n";
    private const string SubRip = "1\r\n00:00:01,000 --> 00:00:02,500\r\nGuten, Morgen\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nUnd los\r\n";

    private readonly RecordingHost _host = shared.Host;

    [Fact]
    public async Task A_track_is_stored_where_the_player_finds_it_and_listed_with_a_link()
    {
        var id = await _host.ImportAsync();

        var stored = await _host.UploadAsync($"recordID={id}&kind=subtitles&lang=de-DE&label=Deutsch", Vtt);

        Assert.Equal(
            $$$"""{"response":{"returncode":"SUCCESS","recordId":"{{{id}}}","messageKey":"upload_text_track_success","message":"Text track uploaded successfully"}}""",
            stored.Text);
        Assert.Equal("application/json", stored.ContentHeaders.ContentType!.MediaType);
        Assert.Equal(Vtt, await File.ReadAllTextAsync(Path.Combine(_host.PathOf(id), "caption_de-DE.vtt")));
        Assert.Equal("""[{"locale":"de-DE","localeName":"Deutsch"}]""", await File.ReadAllTextAsync(Path.Combine(_host.PathOf(id), "captions.json")));

        var track = Assert.Single((await TracksAsync(id)).EnumerateArray());
        Assert.Equal(
            ("subtitles", "Deutsch", "de-DE", "upload"),
            (track.GetProperty("kind").GetString(), track.GetProperty("label").GetString(), track.GetProperty("lang").GetString(), track.GetProperty("source").GetString()));
        Assert.Matches($"^{_host.Balancer.Origin}/captions/[^/]+/{id}/subtitles_de-DE\\.vtt$", track.GetProperty("href").GetString());
    }

    [Fact]
    public async Task Tracks_of_the_archive_stay_listed_and_a_second_one_of_a_language_replaces_the_first()
    {
        var id = await _host.ImportAsync();
        await File.WriteAllTextAsync(Path.Combine(_host.PathOf(id), "captions.json"), """[{"locale":"fr","localeName":"français"}]""");

        await _host.UploadAsync($"recordID={id}&kind=captions&lang=en", Vtt);
        await _host.UploadAsync($"recordID={id}&kind=subtitles&lang=en&label=English", Vtt);

        Assert.Equal(
            """[{"locale":"en","localeName":"English"},{"locale":"fr","localeName":"français"}]""",
            await File.ReadAllTextAsync(Path.Combine(_host.PathOf(id), "captions.json")));
        Assert.Equal("subtitles", Assert.Single((await TracksAsync(id)).EnumerateArray()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task SubRip_becomes_WebVTT()
    {
        var id = await _host.ImportAsync();

        var stored = await _host.UploadAsync($"recordID={id}&kind=captions&lang=de", "\uFEFF" + SubRip, type: "application/x-subrip");

        Assert.Contains("upload_text_track_success", stored.Text, StringComparison.Ordinal);
        Assert.Equal(
            "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nGuten, Morgen\n\n2\n00:00:03.000 --> 00:00:04.000\nUnd los\n",
            await File.ReadAllTextAsync(Path.Combine(_host.PathOf(id), "caption_de.vtt")));
    }

    [Fact]
    public async Task The_checks_are_made_in_this_order()
    {
        var id = await _host.ImportAsync();
        var noChecksum = await _host.Lms.SendAsync(HttpMethod.Post, "/bigbluebutton/api/putRecordingTextTrack?recordID=x");
        Assert.Equal(Failed("paramError", "Missing param checksum."), noChecksum.Text);
        await FailsAsync("kind=captions&lang=en", Vtt, "paramError", "Missing param recordID.");
        var wrong = await _host.Lms.SendAsync(HttpMethod.Post, "/bigbluebutton/api/putRecordingTextTrack?recordID=x&checksum=" + new string('0', 64));
        Assert.Equal(Failed("checksumError", "You did not pass the checksum security check"), wrong.Text);
        await FailsAsync("recordID=nobody", Vtt, "noRecordings", "No recording was found for nobody");
        await FailsAsync($"recordID={id}", Vtt, "paramError", "Missing param kind.");
        await FailsAsync($"recordID={id}&kind=poem", Vtt, "invalidKind", "Invalid kind parameter, expected='subtitles|captions' actual=poem");
        await FailsAsync($"recordID={id}&kind=captions", Vtt, "paramError", "Missing param lang.");
        await FailsAsync($"recordID={id}&kind=captions&lang=../x", Vtt, "invalidLang", "Malformed lang param, received=../x");
        await FailsAsync($"recordID={id}&kind=captions&lang=en", "", "empty_uploaded_text_track", "Empty uploaded text track.");
        await FailsAsync($"recordID={id}&kind=captions&lang=en", "a poem", "upload_text_track_failed", "Text track upload failed.");
        await FailsAsync($"recordID={id}&kind=captions&lang=en", Vtt + new string('x', 9 << 20), "upload_text_track_failed", "Text track upload failed.");
        Assert.Contains("empty_uploaded_text_track", (await _host.UploadAsync($"recordID={id}&kind=captions&lang=en", Vtt, name: "wrong")).Text, StringComparison.Ordinal);

        var notes = await _host.ImportAsync(format: "notes");
        await FailsAsync($"recordID={notes}&kind=captions&lang=en", Vtt, "upload_text_track_failed", "Text track upload failed.");
        Assert.Single(Directory.GetFileSystemEntries(_host.PathOf(id)));
    }

    [Fact]
    public async Task What_is_not_there_is_said_in_JSON()
    {
        var id = await _host.ImportAsync();

        Assert.Equal(Failed("missingParamRecordID", "You must specify a recordID."), (await _host.Lms.GetAsync("getRecordingTextTracks")).Text);
        Assert.Equal(Failed("noRecordings", "No recording found for nobody"), (await _host.Lms.GetAsync("getRecordingTextTracks", "recordID=nobody")).Text);
        Assert.Equal(Failed("noCaptionsFound", $"No captions found for {id}"), (await _host.Lms.GetAsync("getRecordingTextTracks", $"recordID={id}")).Text);
        var wrong = await _host.Lms.GetUrlAsync($"/bigbluebutton/api/getRecordingTextTracks?recordID={id}&checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, "x", "", "y")}");
        Assert.Equal(Failed("checksumError", "You did not pass the checksum security check"), wrong.Text);
    }

    [Fact]
    public async Task A_track_moves_and_goes_with_its_recording()
    {
        var id = await _host.ImportAsync();
        await _host.UploadAsync($"recordID={id}&kind=captions&lang=en", Vtt);

        await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=false");
        await _host.UploadAsync($"recordID={id}&kind=captions&lang=de", Vtt);

        Assert.True(File.Exists(Path.Combine(_host.PathOf(id, published: false), "caption_en.vtt")));
        Assert.True(File.Exists(Path.Combine(_host.PathOf(id, published: false), "caption_de.vtt")));
        await _host.Lms.GetAsync("deleteRecordings", $"recordID={id}");
        Assert.Contains("noRecordings", (await _host.Lms.GetAsync("getRecordingTextTracks", $"recordID={id}")).Text, StringComparison.Ordinal);
        await FailsAsync($"recordID={id}&kind=captions&lang=en", Vtt, "noRecordings", $"No recording was found for {id}");
    }

    private static string Failed(string key, string message) =>
        $$$"""{"response":{"returncode":"FAILED","messageKey":"{{{key}}}","message":"{{{message}}}"}}""";

    private async Task FailsAsync(string query, string text, string key, string message) =>
        Assert.Equal(Failed(key, message), (await _host.UploadAsync(query, text)).Text);

    private async Task<JsonElement> TracksAsync(string id) =>
        JsonElement.Parse((await _host.Lms.GetAsync("getRecordingTextTracks", $"recordID={id}")).Text).GetProperty("response").GetProperty("tracks");
}
