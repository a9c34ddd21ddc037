using System.Globalization;
using System.Text;
using System.Xml;

namespace Scalelite.Simulator.Recordings;

/// <summary>Writes a format's <c>metadata.xml</c>, its children in BBB's order (<c>bbb-api.md §6.2</c>).</summary>
internal static class MetadataXml
{
    private static readonly XmlWriterSettings Settings = new() { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None };

    public static string Of(RecordedMeeting meeting, RecordedFormat format)
    {
        if (format.Metadata is { } given) return given;
        var wording = format.Wording;
        var text = new StringBuilder(wording.Declaration);
        using (var xml = XmlWriter.Create(text, Settings))
        {
            xml.WriteStartElement("recording");
            xml.WriteElementString("id", meeting.RecordId);
            xml.WriteElementString("state", wording.State);
            xml.WriteElementString("published", wording.Published ? "true" : "false");
            xml.WriteElementString("start_time", Number(meeting.StartTime.ToUnixTimeMilliseconds()));
            xml.WriteElementString("end_time", Number(meeting.EndTime.ToUnixTimeMilliseconds()));
            if (wording.HasParticipants) xml.WriteElementString("participants", Number(meeting.Participants));
            if (wording.HasMeeting) WriteMeeting(xml, meeting);
            WriteBreakouts(xml, meeting, wording.HasEmptyBreakouts);
            if (!wording.MetaAfterPlayback) WriteMeta(xml, meeting);
            WritePlayback(xml, meeting, format);
            if (wording.MetaAfterPlayback) WriteMeta(xml, meeting);
            if (wording.HasRawSize) xml.WriteElementString("raw_size", Number(1_000_000));
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void WriteMeeting(XmlWriter xml, RecordedMeeting meeting)
    {
        xml.WriteStartElement("meeting");
        xml.WriteAttributeString("id", meeting.RecordId);
        xml.WriteAttributeString("externalId", meeting.MeetingId);
        xml.WriteAttributeString("name", meeting.Name);
        xml.WriteAttributeString("breakout", meeting.Breakout is null ? "false" : "true");
        xml.WriteEndElement();
    }

    private static void WriteBreakouts(XmlWriter xml, RecordedMeeting meeting, bool alsoEmpty)
    {
        if (meeting.Breakout is { } breakout)
        {
            xml.WriteStartElement("breakout");
            xml.WriteAttributeString("parentMeetingId", breakout.ParentId);
            xml.WriteAttributeString("sequence", Number(breakout.Sequence));
            xml.WriteAttributeString("meetingId", meeting.RecordId);
            xml.WriteEndElement();
        }
        else if (alsoEmpty)
        {
            xml.WriteElementString("breakout", null);
        }

        if (meeting.BreakoutRooms.Count == 0 && !alsoEmpty) return;
        xml.WriteStartElement("breakoutRooms");
        foreach (var room in meeting.BreakoutRooms) xml.WriteElementString("breakoutRoom", room);
        xml.WriteEndElement();
    }

    private static void WriteMeta(XmlWriter xml, RecordedMeeting meeting)
    {
        xml.WriteStartElement("meta");
        foreach (var (name, value) in meeting.Metadata) xml.WriteElementString(name, value);
        xml.WriteElementString("meetingId", meeting.MeetingId);
        xml.WriteElementString("meetingName", meeting.Name);
        xml.WriteElementString("isBreakout", meeting.Breakout is null ? "false" : "true");
        xml.WriteEndElement();
    }

    private static void WritePlayback(XmlWriter xml, RecordedMeeting meeting, RecordedFormat format)
    {
        var wording = format.Wording;
        xml.WriteStartElement("playback");
        xml.WriteElementString("format", format.Name);
        xml.WriteElementString("link", Url(meeting.Origin + format.Link, wording));
        if (wording.HasProcessingTime) xml.WriteElementString("processing_time", Number((long)format.ProcessingTime.TotalMilliseconds));
        xml.WriteElementString("duration", Number((long)format.Duration.TotalMilliseconds));
        if (format.Thumbnails.Count > 0) WritePreview(xml, meeting, format);
        if (wording.HasSize) xml.WriteElementString("size", Number(format.Files.Sum(file => (long)file.Content.Length)));
        xml.WriteEndElement();
    }

    private static void WritePreview(XmlWriter xml, RecordedMeeting meeting, RecordedFormat format)
    {
        xml.WriteStartElement("extensions");
        xml.WriteStartElement("preview");
        xml.WriteStartElement("images");
        foreach (var thumbnail in format.Thumbnails)
        {
            xml.WriteStartElement("image");
            if (thumbnail.Width is { } width) xml.WriteAttributeString("width", Number(width));
            if (thumbnail.Height is { } height) xml.WriteAttributeString("height", Number(height));
            xml.WriteAttributeString("alt", thumbnail.Alt);
            xml.WriteString(Url(meeting.Origin + thumbnail.Path, format.Wording));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Url(string url, MetadataWording wording) => wording.SpacedUrls ? $"\n      {url}\n    " : url;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
