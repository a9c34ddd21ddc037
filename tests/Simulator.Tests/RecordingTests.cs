using System.Formats.Tar;
using System.IO.Compression;
using System.Xml.Linq;
using Scalelite.Simulator.Recordings;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class RecordingTests : OneNode, IDisposable
{
    private readonly DirectoryInfo _spool = Directory.CreateTempSubdirectory("simulated-spool-");

    protected override SimulatedPoolOptions Options => new()
    {
        Nodes = 1,
        Recordings = NodeRecordingOptions.IntoSpool(_spool.FullName) with { WorkOnFormat = TimeSpan.FromMilliseconds(20) },
    };

    public void Dispose() => _spool.Delete(recursive: true);

    [Fact]
    public async Task A_meeting_that_was_to_be_recorded_is_published_format_by_format_under_one_name()
    {
        var created = await Bbb.XmlAsync("create", "meetingID=abc&name=Maths%207a&record=true&meta_bbb-origin=Moodle&meta_Course-Name=%C3%9Cbung");
        Node.AddUsers("abc", 3, 1);
        await Bbb.XmlAsync("end", "meetingID=abc");
        await Until(() => Node.Published.Count == 2, "both formats are published");

        var id = created.Of("internalMeetingID");
        Assert.Equal([["presentation"], ["presentation", "video"]], Node.Published.Select(p => p.Formats));
        Assert.All(Node.Published, p => Assert.Equal((id, $"{id}.tar", null), (p.RecordId, p.Archive, p.Failure)));
        var file = Assert.Single(_spool.GetFiles());
        Assert.Equal($"{id}.tar", file.Name);

        var entries = Read(await File.ReadAllBytesAsync(file.FullName));
        var metadata = XElement.Parse(Text(entries[$"presentation/{id}/metadata.xml"]));
        Assert.Equal(
            ["id", "state", "published", "start_time", "end_time", "participants", "meeting", "meta", "playback", "raw_size"], metadata.Names());
        Assert.Equal(
            [("bbb-origin", "Moodle"), ("course-name", "Übung"), ("meetingId", "abc"), ("meetingName", "Maths 7a"), ("isBreakout", "false")],
            metadata.Element("meta")!.Elements().Select(e => (e.Name.LocalName, e.Value)));
        Assert.Equal((id, "3", created.Of("createTime")), (metadata.Of("id"), metadata.Of("participants"), metadata.Of("start_time")));
        Assert.Equal($"http://127.0.0.1:{Node.Port}/playback/presentation/2.3/{id}", metadata.Element("playback")!.Of("link"));
        Assert.Contains($"video/{id}/video-0.m4v", entries.Keys);
        Assert.Contains($"presentation/{id}/presentation/{id}/svgs/slide1.svg", entries.Keys);
    }

    [Fact]
    public async Task A_meeting_that_was_not_to_be_recorded_and_one_whose_node_crashed_are_not_published()
    {
        Node.StartMeeting("plain");
        Node.EndMeeting("plain");
        Node.StartMeeting("lost", record: true);
        Node.Crash();
        Node.Recover();
        Node.StartMeeting("kept", record: true);
        Node.EndMeeting("kept");
        await Until(() => Node.Published.Count == 2, "the one recording is published");
        Assert.All(Node.Published, p => Assert.Equal("kept", p.MeetingId));
    }

    [Fact]
    public async Task A_breakout_room_is_named_in_its_parents_recording()
    {
        Node.StartMeeting("parent", record: true);
        var room = Node.StartBreakout("parent", 1);
        Node.EndMeeting("parent");
        await Until(() => Node.Published.Count == 2, "the recording is published");
        var entries = Read(await File.ReadAllBytesAsync(_spool.GetFiles().Single().FullName));
        var metadata = XElement.Parse(Text(entries.Single(e => e.Key.StartsWith("presentation/", StringComparison.Ordinal) && e.Key.EndsWith("/metadata.xml", StringComparison.Ordinal)).Value));
        Assert.Equal(room.InternalMeetingID, metadata.Element("breakoutRooms")!.Of("breakoutRoom"));
    }

    [Fact]
    public async Task A_delivery_that_fails_is_the_nodes_own_loss()
    {
        _spool.Delete(recursive: true);
        Node.StartMeeting("abc", record: true);
        Node.EndMeeting("abc");
        await Until(() => Node.Published.Count == 2, "both deliveries were tried");
        Assert.All(Node.Published, p => Assert.NotNull(p.Failure));
        _spool.Create();
    }

    [Fact]
    public async Task An_archive_is_a_GNU_tar_with_its_folders_filled_up_to_a_whole_record()
    {
        var archive = RecordingArchive.Of(RecordedMeeting.Of("abc", DateTimeOffset.UnixEpoch.AddYears(50)));
        var bytes = await archive.ToBytesAsync();
        Assert.Equal(0, bytes.Length % 10_240);
        Assert.Equal("ustar  \0"u8, bytes.AsSpan(257, 8));
        var names = new List<string>();
        using var reader = new TarReader(new MemoryStream(bytes));
        while (await reader.GetNextEntryAsync() is { } entry) names.Add(entry.Name);
        Assert.Equal(["presentation/", $"presentation/{archive.Meeting.RecordId}/", $"presentation/{archive.Meeting.RecordId}/metadata.xml"], names.Take(3));

        await using var gzip = new GZipStream(new MemoryStream(await (archive with { Compressed = true }).ToBytesAsync()), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        await gzip.CopyToAsync(unpacked);
        Assert.Equal(bytes, unpacked.ToArray());
    }

    [Fact]
    public async Task Every_wording_of_the_metadata_can_be_had()
    {
        var meeting = RecordedMeeting.Of("abc", DateTimeOffset.UnixEpoch.AddYears(50), "It&#39;s");
        var wording = new MetadataWording
        {
            State = "available",
            Published = false,
            HasMeeting = false,
            HasParticipants = false,
            HasSize = false,
            HasRawSize = false,
            HasProcessingTime = false,
            HasEmptyBreakouts = true,
            MetaAfterPlayback = true,
            SpacedUrls = true,
            Declaration = "<?xml version='1.0' encoding='UTF-8'?>",
        };
        var text = await MetadataAsync(meeting, RecordedFormats.Presentation(meeting) with { Wording = wording });
        Assert.StartsWith("<?xml version='1.0' encoding='UTF-8'?><recording>", text, StringComparison.Ordinal);
        Assert.Contains("<meetingName>It&amp;#39;s</meetingName>", text, StringComparison.Ordinal);
        var metadata = XElement.Parse(text);
        Assert.Equal(["id", "state", "published", "start_time", "end_time", "breakout", "breakoutRooms", "playback", "meta"], metadata.Names());
        Assert.Equal(["format", "link", "duration", "extensions"], metadata.Element("playback")!.Names());
        Assert.Equal($"\n      https://node.example.org/playback/presentation/2.3/{meeting.RecordId}\n    ", metadata.Element("playback")!.Of("link"));

        Assert.Equal("<other/>", await MetadataAsync(meeting, RecordedFormats.Notes(meeting) with { Metadata = "<other/>" }));
        var without = Read(await new RecordingArchive(meeting, [RecordedFormats.Podcast(meeting) with { Metadata = "" }]).ToBytesAsync());
        Assert.Equal([$"podcast/{meeting.RecordId}/audio.ogg"], without.Keys);
    }

    [Fact]
    public void A_padded_video_has_its_index_behind_the_padding()
    {
        var video = RecordedMedia.VideoM4v;
        var padded = RecordedMedia.VideoM4vPadded(1 << 20);
        Assert.Equal(video.Length + (1 << 20), padded.Length);
        Assert.InRange(padded.Span.IndexOf("moov"u8), 1 << 20, padded.Length);
    }

    private static async Task<string> MetadataAsync(RecordedMeeting meeting, RecordedFormat format)
    {
        var entries = Read(await new RecordingArchive(meeting, [format]).ToBytesAsync());
        return Text(entries[$"{format.Name}/{meeting.RecordId}/metadata.xml"]).TrimEnd();
    }

    private static string Text(byte[] content) => System.Text.Encoding.UTF8.GetString(content);

    private static Dictionary<string, byte[]> Read(byte[] tar)
    {
        var entries = new Dictionary<string, byte[]>();
        using var reader = new TarReader(new MemoryStream(tar));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory) continue;
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            entries.Add(entry.Name, content.ToArray());
        }

        return entries;
    }
}
