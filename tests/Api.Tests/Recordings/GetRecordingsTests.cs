using System.Xml.Linq;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>getRecordings as clients read it (<c>bbb-api.md §4.1</c>).</summary>
public sealed class GetRecordingsTests(SharedRecordings shared) : IClassFixture<SharedRecordings>
{
    private const string None =
        "<response><returncode>SUCCESS</returncode><recordings></recordings><messageKey>noRecordings</messageKey>"
        + "<message>There are no recordings for the meeting(s).</message></response>";

    private readonly RecordingHost _host = shared.Host;

    [Fact]
    public async Task A_recording_has_every_element_that_clients_read()
    {
        var id = await _host.ImportAsync(
            meetingId: "Zimmer & <1>",
            change: r => r with { Name = "Algebra & Co" },
            thumbnails: [new Thumbnail("/presentation/x/thumb-1.png", 176, 136, "a \"slide\"")],
            metadata: [("bbb-origin", "Moodle"), ("empty", ""), ("quote", "a & b")]);
        await _host.ImportAsync(id, "Zimmer & <1>", format: "video", change: r => r with { Name = "Algebra & Co" },
            metadata: [("bbb-origin", "Moodle"), ("empty", ""), ("quote", "a & b")]);

        var reply = await _host.Lms.GetAsync("getRecordings", $"recordID={id}");

        var origin = _host.Balancer.Origin;
        Assert.Equal("text/xml;charset=utf-8", reply.ContentHeaders.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(
            $"<response><returncode>SUCCESS</returncode><recordings><recording><recordID>{id}</recordID><meetingID>Zimmer &amp; &lt;1&gt;</meetingID>"
            + $"<internalMeetingID>{id}</internalMeetingID><name>Algebra &amp; Co</name><isBreakout>false</isBreakout><published>true</published>"
            + "<protected>false</protected><state>published</state><startTime>1700000000000</startTime><endTime>1700000060000</endTime>"
            + "<participants>3</participants><rawSize>123456</rawSize>"
            + "<metadata><empty><![CDATA[]]></empty><quote>a &amp; b</quote><bbb-origin>Moodle</bbb-origin></metadata>"
            + $"<playback><format><type>presentation</type><url>{origin}/playback/presentation/2.3/{id}</url><processingTime>7177</processingTime>"
            + "<length>3</length><size>1000</size><preview><images>"
            + $"<image width=\"176\" height=\"136\" alt=\"a &quot;slide&quot;\">{origin}/presentation/x/thumb-1.png</image></images></preview></format>"
            + $"<format><type>video</type><url>{origin}/playback/video/2.3/{id}</url><processingTime>7177</processingTime><length>3</length><size>1000</size></format>"
            + "</playback></recording></recordings></response>",
            reply.Text);
    }

    [Fact]
    public async Task What_an_archive_does_not_say_is_left_out_or_has_a_value_that_clients_can_read()
    {
        var id = await _host.ImportAsync(change: r => r with { Participants = null, RawSize = null, InternalMeetingId = null });

        var recording = await _host.ShowAsync(id);

        Assert.Null(recording.Element("participants"));
        Assert.Equal(("0", id, "false"), (recording.Element("rawSize")!.Value, recording.Element("internalMeetingID")!.Value, recording.Element("isBreakout")!.Value));
        Assert.Empty(recording.Element("metadata")!.Elements());
        Assert.NotNull(recording.Element("playback"));
    }

    [Fact]
    public async Task A_breakout_names_its_parent_and_a_parent_its_breakouts()
    {
        var id = await _host.ImportAsync(change: r => r with { IsBreakout = true, Breakout = new BreakoutOf("parent-1", 2, false), BreakoutRooms = ["a", "b"] });

        var recording = await _host.ShowAsync(id);

        Assert.Equal("true", recording.Element("isBreakout")!.Value);
        Assert.Equal("<breakout><parentId>parent-1</parentId><sequence>2</sequence><freeJoin>false</freeJoin></breakout>", Text(recording.Element("breakout")!));
        Assert.Equal(["a", "b"], recording.Element("breakoutRooms")!.Elements("breakoutRoom").Select(room => room.Value));
    }

    [Fact]
    public async Task The_host_in_links_is_that_which_the_request_came_to()
    {
        var id = await _host.ImportAsync();

        var reply = await _host.Lms.SendAsync(
            HttpMethod.Get, _host.Lms.Sign("getRecordings", $"recordID={id}"), null, request => request.Headers.Host = "lms.example.org:8443");

        Assert.Contains($"<url>http://lms.example.org:8443/playback/presentation/2.3/{id}</url>", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protected_recording_has_a_link_with_a_token_for_each_format_and_no_preview()
    {
        var id = await _host.ImportAsync(thumbnails: [new Thumbnail("/presentation/x/thumb-1.png", 176, 136, "")]);
        await _host.Balancer.AppendAsync(Streams.Recording(id), new RecordingProtected(id, true, DateTimeOffset.UtcNow));

        var recording = await _host.ShowAsync(id);

        var format = recording.Element("playback")!.Element("format")!;
        Assert.Equal("true", recording.Element("protected")!.Value);
        Assert.StartsWith($"{_host.Balancer.Origin}/recording/{id}/presentation?token=", format.Element("url")!.Value, StringComparison.Ordinal);
        Assert.Null(format.Element("preview"));
    }

    [Fact]
    public async Task Without_a_recording_the_list_is_there_and_empty()
    {
        foreach (var query in new[] { "meetingID=nobody", "recordID=nobody", "meta_x=nobody", "state=processing", "meetingID=a%00b" })
        {
            Assert.Equal(None, (await _host.Lms.GetAsync("getRecordings", query)).Text);
        }
    }

    [Fact]
    public async Task Newest_first_by_start()
    {
        var room = SharedRecordings.NewName();
        var old = await _host.ImportAsync(meetingId: room, start: 1_600_000_000_000);
        var young = await _host.ImportAsync(meetingId: room, start: 1_800_000_000_000);
        var middle = await _host.ImportAsync(meetingId: room, start: 1_700_000_000_000);

        Assert.Equal([young, middle, old], await _host.ListAsync($"meetingID={room}"));
    }

    [Fact]
    public async Task Several_meetings_stand_in_a_comma_list_and_their_ids_are_exact()
    {
        var (a, b) = (SharedRecordings.NewName(), SharedRecordings.NewName());
        var first = await _host.ImportAsync(meetingId: a, start: 2);
        var second = await _host.ImportAsync(meetingId: b, start: 1);

        Assert.Equal([first, second], await _host.ListAsync($"meetingID={b},{a},nobody,{a}"));
        Assert.Equal([first, second], await _host.ListAsync($"meetingID={b}%2C{a}"));
        Assert.Empty(await _host.ListAsync($"meetingID={a[..^1]}"));
    }

    [Fact]
    public async Task A_recordID_is_a_prefix_and_overrides_the_meetingID()
    {
        var id = await _host.ImportAsync(start: 2);
        var other = await _host.ImportAsync(start: 1);

        Assert.Equal([id], await _host.ListAsync($"recordID={id[..20]}"));
        Assert.Equal([id], await _host.ListAsync($"recordID={id}&meetingID=nobody"));
        Assert.Equal([id, other], await _host.ListAsync($"recordID={other[..30]},{id},{id[..20]},{id[..10]},nobody"));
        Assert.Empty(await _host.ListAsync($"recordID={id}x"));
        Assert.Empty(await _host.ListAsync($"recordID={id[..10].ToUpperInvariant()}~"));
    }

    [Fact]
    public async Task A_state_is_published_and_unpublished_unless_others_are_named()
    {
        var room = SharedRecordings.NewName();
        var published = await _host.ImportAsync(meetingId: room, start: 3);
        var unpublished = await _host.ImportAsync(meetingId: room, published: false, start: 2);
        var deleted = await _host.ImportAsync(meetingId: room, start: 1, metadata: [("a", "b")]);
        await _host.Balancer.AppendAsync(Streams.Recording(deleted), new RecordingDeleted(deleted, "a test", DateTimeOffset.UtcNow));

        Assert.Equal([published, unpublished], await _host.ListAsync($"meetingID={room}"));
        Assert.Equal([published, unpublished], await _host.ListAsync($"meetingID={room}&state="));
        Assert.Equal([published], await _host.ListAsync($"meetingID={room}&state=published"));
        Assert.Equal([unpublished], await _host.ListAsync($"meetingID={room}&state=unpublished,processing"));
        Assert.Equal([published, deleted], await _host.ListAsync($"meetingID={room}&state=deleted,published"));
        Assert.Equal([published, unpublished, deleted], await _host.ListAsync($"meetingID={room}&state=any"));
        Assert.Empty(await _host.ListAsync($"meetingID={room}&state=processed"));
        Assert.Equal([published, unpublished], await _host.ListAsync($"meetingID={room}&state=processing,processed,published,unpublished"));

        var gone = await _host.ShowAsync(deleted);
        Assert.Equal(("deleted", "false"), (gone.Element("state")!.Value, gone.Element("published")!.Value));
        Assert.Empty(gone.Element("playback")!.Elements());
        Assert.Empty(gone.Element("metadata")!.Elements());
        Assert.Equal("false", (await _host.ShowAsync(unpublished)).Element("published")!.Value);
    }

    [Fact]
    public async Task Metadata_must_all_match_and_a_comma_is_part_of_the_value()
    {
        var mark = SharedRecordings.NewName("m");
        var both = await _host.ImportAsync(start: 3, metadata: [("mark", mark), ("a", "1,2"), ("b", "x")]);
        var one = await _host.ImportAsync(start: 2, metadata: [("mark", mark), ("a", "1")]);

        Assert.Equal([both, one], await _host.ListAsync($"meta_mark={mark}"));
        Assert.Equal([both], await _host.ListAsync($"meta_mark={mark}&meta_a=1,2"));
        Assert.Equal([one], await _host.ListAsync($"meta_mark={mark}&meta_a=1"));
        Assert.Equal([both], await _host.ListAsync($"meta_mark={mark}&meta_a=1%2C2&meta_b=x"));
        Assert.Empty(await _host.ListAsync($"meta_mark={mark}&meta_a=1&meta_b=x"));
        Assert.Equal([one], await _host.ListAsync($"meta_MARK={mark}&meta_A=1"));
        Assert.Equal([one], await _host.ListAsync($"meta_mark={mark}&meta_a=1&meta_a=9"));
        Assert.Empty(await _host.ListAsync($"meta_mark={mark.ToUpperInvariant()}"));
    }

    [Fact]
    public async Task A_percent_sign_at_an_end_of_a_value_stands_for_anything()
    {
        var mark = SharedRecordings.NewName("m");
        var algebra = await _host.ImportAsync(start: 4, metadata: [("mark", mark), ("title", "Linear Algebra I")]);
        var analysis = await _host.ImportAsync(start: 3, metadata: [("mark", mark), ("title", "Analysis I")]);
        var odd = await _host.ImportAsync(start: 2, metadata: [("mark", mark), ("title", "100%_\\")]);
        var untitled = await _host.ImportAsync(start: 1, metadata: [("mark", mark)]);
        var longest = new string('é', 250);
        var sent = Uri.EscapeDataString(longest);
        var lengthy = await _host.ImportAsync(start: 0, metadata: [("mark", mark), ("title", longest + "z")]);

        Assert.Equal([algebra], await TitledAsync("Linear%25"));
        Assert.Equal([algebra, analysis], await TitledAsync("%25+I"));
        Assert.Equal([algebra], await TitledAsync("%25Alg%25"));
        Assert.Empty(await TitledAsync("Algebra%25"));
        Assert.Empty(await TitledAsync("L%25I"));
        Assert.Equal([algebra, analysis, odd, lengthy], await TitledAsync("%25"));
        Assert.Equal([odd], await TitledAsync("100%25_%5C"));
        Assert.Equal([odd], await TitledAsync("%25%25_%5C"));
        Assert.Equal([odd], await TitledAsync("%25_%25"));
        Assert.Equal([lengthy], await TitledAsync($"{sent}%25"));
        Assert.Equal([lengthy], await TitledAsync($"{sent}z"));
        Assert.Empty(await TitledAsync($"{sent}y%25"));
        Assert.Equal([untitled], (await _host.ListAsync($"meta_mark={mark}")).Except(await TitledAsync("%25")));

        // By the pattern alone, too.
        Assert.Equal([untitled], (await _host.ListAsync($"meta_mark=%25{mark[1..]}")).Except(await TitledAsync("%25")));
        Assert.Equal(5, (await _host.ListAsync($"meta_mark={mark[..^1]}%25")).Length);

        Task<string[]> TitledAsync(string pattern) => _host.ListAsync($"meta_mark={mark}&meta_title={pattern}");
    }

    [Fact]
    public async Task A_recording_with_many_metadata_and_formats_is_listed_once()
    {
        var id = await _host.ImportAsync(metadata: [("a", "1"), ("b", "1"), ("c", "1")]);
        await _host.ImportAsync(id, format: "video", metadata: [("a", "1"), ("b", "1"), ("c", "1")]);

        Assert.Equal([id], await _host.ListAsync($"recordID={id}&meta_a=1&meta_b=1&meta_c=%251"));
    }

    [Fact]
    public async Task A_list_has_pages_with_their_place_and_the_total()
    {
        var room = SharedRecordings.NewName();
        var ids = new List<string>();
        for (var n = 0; n < 5; n++) ids.Add(await _host.ImportAsync(meetingId: room, start: 100 - n));

        var reply = await _host.Lms.GetAsync("getRecordings", $"meetingID={room}&offset=2&limit=2");

        Assert.Equal(ids[2..4], RecordingHost.Ids(reply));
        Assert.EndsWith(
            "</recordings><pagination><pageable><offset>2</offset><limit>2</limit><paged>true</paged><unpaged>false</unpaged></pageable>"
            + "<totalElements>5</totalElements><empty>false</empty></pagination></response>",
            reply.Text,
            StringComparison.Ordinal);
        Assert.Equal(ids[4..], await _host.ListAsync($"meetingID={room}&offset=4&limit=100"));
        Assert.Equal(ids, await _host.ListAsync($"meetingID={room}&limit=1000"));
        Assert.Equal(ids, await _host.ListAsync($"meetingID={room}&offset=2"));
        var beyond = await _host.Lms.GetAsync("getRecordings", $"meetingID={room}&offset=9&limit=2");
        Assert.Empty(RecordingHost.Ids(beyond));
        Assert.Equal(("5", "noRecordings"), (beyond.Xml.Element("pagination")!.Element("totalElements")!.Value, beyond.Key));
        Assert.Null((await _host.Lms.GetAsync("getRecordings", $"meetingID={room}")).Xml.Element("pagination"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=10&offset=-1")]
    [InlineData("limit=10&offset=x")]
    public async Task A_page_that_is_no_page_is_refused(string page)
    {
        var reply = await _host.Lms.GetAsync("getRecordings", page);
        Assert.Equal(("FAILED", "validationError"), (reply.Code, reply.Key));
    }

    [Fact]
    public async Task Deleted_recordings_are_counted_only_where_they_are_listed()
    {
        await using var host = await RecordingHost.StartAsync();
        for (var n = 0; n < 7; n++) await host.ImportAsync(published: n != 1, start: n);
        var gone = await host.ImportAsync(start: 99);
        await host.Balancer.AppendAsync(Streams.Recording(gone), new RecordingDeleted(gone, "a test", DateTimeOffset.UtcNow));

        Assert.Equal(("7", 3), await PageAsync(""));
        Assert.Equal(("6", 3), await PageAsync("&state=published"));
        Assert.Equal(("8", 3), await PageAsync("&state=any"));
        Assert.Equal(("1", 1), await PageAsync("&state=deleted"));
        Assert.Equal(7, (await host.ListAsync("")).Length);
        Assert.Equal(gone, (await host.ListAsync("state=any"))[0]);

        async Task<(string, int)> PageAsync(string more)
        {
            var reply = await host.Lms.GetAsync("getRecordings", $"limit=3{more}");
            return (reply.Xml.Element("pagination")!.Element("totalElements")!.Value, RecordingHost.Ids(reply).Length);
        }
    }

    [Fact]
    public async Task Only_the_formats_that_are_to_be_listed_are_in_their_order()
    {
        await using var host = await RecordingHost.StartAsync(settings => settings with
        {
            Recordings = settings.Recordings with { PlaybackFormats = ["video", "presentation", "podcast"] },
            Playback = settings.Playback with { ProtectionEnabled = false },
        });
        var id = await host.ImportAsync();
        await host.ImportAsync(id, format: "notes");
        await host.ImportAsync(id, format: "video");

        var recording = await host.ShowAsync(id);

        Assert.Equal(["video", "presentation"], recording.Element("playback")!.Elements("format").Select(format => format.Element("type")!.Value));
        Assert.Null(recording.Element("protected"));
    }

    [Fact]
    public async Task Where_a_filter_is_required_it_is_a_meetingID_or_a_recordID()
    {
        await using var host = await RecordingHost.StartAsync(settings => settings with { Recordings = settings.Recordings with { FilterRequired = true } });
        var id = await host.ImportAsync();

        var reply = await host.Lms.GetAsync("getRecordings", "meta_a=b&state=any&limit=1");

        Assert.Equal(("missingParameters", "param meetingID or recordID must be included."), (reply.Key, reply.Message));
        Assert.Equal([id], await host.ListAsync($"recordID={id}"));
        Assert.Equal([id], await host.ListAsync("meetingID=room"));
        Assert.Equal("missingParameters", (await host.Lms.GetAsync("getRecordings", "meetingID=&recordID=,")).Key);
    }

    [Fact]
    public async Task Switched_off_there_is_no_recording()
    {
        await using var host = await RecordingHost.StartAsync(settings => settings with { Recordings = settings.Recordings with { Disabled = true } });
        var id = await host.ImportAsync();

        Assert.Equal(None, (await host.Lms.GetAsync("getRecordings", "")).Text);
        Assert.Equal("notFound", (await host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=false")).Key);
        Assert.Equal("notFound", (await host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_a=b")).Key);
        Assert.Equal("notFound", (await host.Lms.GetAsync("deleteRecordings", $"recordID={id}")).Key);
        foreach (var reply in new[]
        {
            await host.Lms.GetAsync("getRecordingTextTracks", $"recordID={id}"), await host.UploadAsync($"recordID={id}&kind=captions&lang=en", "WEBVTT\n\n"),
        })
        {
            Assert.Equal($$$"""{"response":{"returncode":"FAILED","messageKey":"noRecordings","message":"No recording found for {{{id}}}"}}""", reply.Text);
        }
    }

    [Fact]
    public async Task A_long_list_is_sent_while_it_is_read_and_is_whole()
    {
        await using var host = await RecordingHost.StartAsync();
        await host.ImportAsync(metadata: [("text", new string('x', 2000))]);
        await host.Balancer.Database.ExecuteAsync(
            """
            insert into recording_catalog (record_id, tenant_id, meeting_id, name, state, start_time, end_time, is_breakout, metadata, imported_at)
            select 'copy-' || n, tenant_id, meeting_id, name, state, n, n, false, metadata, imported_at from recording_catalog, generate_series(1, 3000) n
            """);

        var reply = await host.Lms.GetAsync("getRecordings", "meetingID=room");

        Assert.True(reply.Bytes.Length > 6_000_000);
        Assert.Equal(3001, RecordingHost.Ids(reply).Distinct().Count());
        Assert.Equal("copy-3000", RecordingHost.Ids(reply)[1]);
    }

    private static string Text(XElement element) => element.ToString(SaveOptions.DisableFormatting);
}
