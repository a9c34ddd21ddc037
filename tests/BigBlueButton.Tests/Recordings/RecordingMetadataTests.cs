using System.Text;
using Scalelite.BigBlueButton.Recordings;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Recordings;

public sealed class RecordingMetadataTests
{
    private const string Id = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1531155809613";

    [Fact]
    public void What_a_node_writes_for_a_presentation_is_read()
    {
        var metadata = Read($"""
            <?xml version='1.0' encoding='UTF-8'?>
            <recording>
              <id>{Id}</id><state>published</state><published>true</published>
              <start_time>1531155809613</start_time><end_time>1531155825000</end_time><participants>2</participants>
              <meeting id="{Id}" externalId="ext" name="Not this" breakout="false"/>
              <meta>
                <bbb-origin>Moodle</bbb-origin><meetingId>ext 1</meetingId><meetingName>Räume &amp;#39;A&amp;#39; &amp; B</meetingName>
                <isBreakout>false</isBreakout><empty/>
              </meta>
              <playback>
                <format>presentation</format>
                <link>
                  https://node.example/playback/presentation/2.3/{Id}?a=1%2F
                </link>
                <processing_time>7177</processing_time><duration>150001</duration>
                <extensions><preview><images>
                  <image width="176" height="136" alt="Welcome, 你好">
                    https://node.example/presentation/{Id}/presentation/p-1/thumbnails/thumb-1.png
                  </image>
                  <image alt="">https://node.example/presentation/{Id}/presentation/p-1/thumbnails/thumb-2.png?x</image>
                </images></preview></extensions>
                <size>1104836</size>
              </playback>
              <raw_size>954063</raw_size>
            </recording>
            """);

        var recording = metadata.Recording;
        Assert.Equal((Id, "ext 1", Id, "Räume &#39;A&#39; & B"), (recording.RecordId, recording.MeetingId, recording.InternalMeetingId, recording.Name));
        Assert.Equal((1531155809613, 1531155825000, 2, 954063L), (recording.StartTime, recording.EndTime, recording.Participants, recording.RawSize));
        Assert.Equal(
            new Dictionary<string, string> { ["bbb-origin"] = "Moodle", ["empty"] = "" }.OrderBy(m => m.Key),
            recording.Metadata!.OrderBy(m => m.Key));
        Assert.False(recording.IsBreakout);
        Assert.Null(recording.Breakout);
        Assert.True(metadata.Published);
        Assert.Equal(("presentation", $"/playback/presentation/2.3/{Id}?a=1%2F"), (metadata.Format, metadata.Link));
        Assert.Equal((3, 7177L, 1104836L), (metadata.LengthMinutes, metadata.ProcessingMs, metadata.SizeBytes));
        Assert.Equal(
            [
                new Thumbnail($"/presentation/{Id}/presentation/p-1/thumbnails/thumb-1.png", 176, 136, "Welcome, 你好"),
                new Thumbnail($"/presentation/{Id}/presentation/p-1/thumbnails/thumb-2.png", null, null, ""),
            ],
            metadata.Thumbnails);
        var format = metadata.InFolder("presentation", 7, 99, "f00");
        Assert.Equal((metadata.Link, 7, 99L, "f00"), (format.Link, format.Files, format.Bytes, format.ManifestSha256));
    }

    [Fact]
    public void A_format_may_leave_out_what_it_does_not_know()
    {
        var metadata = Read($"""
            <recording><id>{Id}</id><state>available</state><start_time>1531155809613</start_time><end_time>1531155825000</end_time>
              <playback><format>screenshare</format><link>https://n/recording/screenshare/{Id}/</link><duration>89999</duration></playback>
              <meta><meetingid>ext</meetingid><meetingname>Room</meetingname><isbreakout>false</isbreakout><bn-x>y</bn-x></meta></recording>
            """);

        var recording = metadata.Recording;
        Assert.Equal(("ext", "Room", Id), (recording.MeetingId, recording.Name, recording.InternalMeetingId));
        Assert.Equal(["bn-x"], recording.Metadata!.Keys);
        Assert.Null(recording.Participants);
        Assert.Null(recording.RawSize);
        Assert.Equal((null, null), (metadata.ProcessingMs, metadata.SizeBytes));
        Assert.True(metadata.Published);
        Assert.Equal(1, metadata.LengthMinutes);
        Assert.Empty(metadata.Thumbnails);
    }

    [Theory]
    [InlineData("<breakout/><breakoutRooms/>", false, null)]
    [InlineData("""<meeting id="i" externalId="e" name="n" breakout="true"/>""", true, null)]
    [InlineData("""<breakout parentMeetingId="p" sequence="2" freeJoin="true"/>""", true, "p 2 True")]
    [InlineData("""<breakout parentMeetingId="p" sequence="1" meetingId=""/>""", true, "p 1 ")]
    public void Breakouts_are_told_apart(string xml, bool isBreakout, string? of)
    {
        var recording = Read($"<recording><id>{Id}</id>{xml}<start_time>1</start_time><meta><meetingId>e</meetingId></meta></recording>").Recording;
        Assert.Equal(isBreakout, recording.IsBreakout);
        Assert.Equal(of, recording.Breakout is { } b ? $"{b.ParentId} {b.Sequence} {b.FreeJoin}" : null);
        Assert.Empty(recording.BreakoutRooms);
    }

    [Fact]
    public void A_parent_names_its_breakout_rooms() =>
        Assert.Equal(
            ["a", "b"],
            Read($"<recording><id>{Id}</id><breakoutRooms><breakoutRoom>a</breakoutRoom><breakoutRoom> b </breakoutRoom></breakoutRooms><meta><meetingId>e</meetingId></meta></recording>")
                .Recording.BreakoutRooms);

    [Fact]
    public void The_meeting_stands_in_for_missing_metadata()
    {
        var recording = Read($"""<recording><id>{Id}</id><meeting id="int" externalId="ext" name="Room"/></recording>""").Recording;
        Assert.Equal(("ext", "Room", "int", 1531155809613), (recording.MeetingId, recording.Name, recording.InternalMeetingId, recording.StartTime));
    }

    [Theory]
    [InlineData("<published>true</published><state>published</state>", true)]
    [InlineData("<published>false</published><state>published</state>", false)]
    [InlineData("<state>unpublished</state>", false)]
    [InlineData("<state>processing</state>", false)]
    [InlineData("", true)]
    public void Whether_it_is_published_is_what_the_archive_says(string xml, bool published) =>
        Assert.Equal(published, Read($"<recording><id>{Id}</id>{xml}<meta><meetingId>e</meetingId></meta></recording>").Published);

    [Theory]
    [InlineData("/notes/x/notes.pdf", "/notes/x/notes.pdf")]
    [InlineData("https://n", "/")]
    [InlineData("https://n/a#b", "/a")]
    [InlineData("playback/x", "/playback/x")]
    [InlineData("", "/notes/183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1531155809613/")]
    public void Of_a_link_the_path_counts(string link, string path)
    {
        var xml = $"<recording><id>{Id}</id><meta><meetingId>e</meetingId></meta><playback><link> {link} </link></playback></recording>";
        Assert.Equal(path, Read(xml).InFolder("notes", 0, 0, null).Link);
    }

    [Theory]
    [InlineData("<!DOCTYPE r [<!ENTITY a 'b'>]><recording><id>x</id></recording>", "ill-formed")]
    [InlineData("<!DOCTYPE recording SYSTEM 'file:///etc/passwd'><recording/>", "ill-formed")]
    [InlineData("<recording><id>&nbsp;</id></recording>", "ill-formed")]
    [InlineData("<recording><id>x</id>", "ill-formed")]
    [InlineData("<recording><id>x\0</id></recording>", "ill-formed")]
    [InlineData("", "ill-formed")]
    [InlineData("<response/>", "root element")]
    [InlineData("<recording/>", "no id")]
    [InlineData("<recording><id>x</id><meta><meetingId>e</meetingId></meta></recording>", "no start_time")]
    [InlineData("<recording><id>x</id><start_time>1</start_time></recording>", "no meetingId")]
    public void What_is_no_description_of_a_recording_is_refused_with_the_reason(string xml, string reason)
    {
        Assert.False(RecordingMetadata.TryRead(new MemoryStream(Encoding.UTF8.GetBytes(xml)), out _, out var why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_ill_formed()
    {
        Assert.False(RecordingMetadata.TryRead(new MemoryStream([.. "<recording><id>"u8, 0xFF, .. "</id></recording>"u8]), out _, out var why));
        Assert.Contains("ill-formed", why, StringComparison.Ordinal);
    }

    private static RecordingMetadata Read(string xml)
    {
        Assert.True(RecordingMetadata.TryRead(new MemoryStream(Encoding.UTF8.GetBytes(xml)), out var metadata, out var why), why);
        return metadata;
    }
}
