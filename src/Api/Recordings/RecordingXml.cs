using System.Globalization;
using Scalelite.Api.Playback;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Recordings;

/// <summary>Writes recordings as getRecordings shows them (<c>bbb-api.md §4.1</c>).</summary>
internal sealed class RecordingXml(RecordingSettings recordings, PlaybackSettings playback, ProtectedLinks links)
{
    /// <summary>Writes one <c>&lt;recording&gt;</c>.</summary>
    /// <param name="origin">Where the request came to.</param>
    public void Write(AnswerWriter xml, CatalogedRecording recording, string origin)
    {
        xml.Begin("recording"u8)
            .Element("recordID"u8, recording.RecordId)
            .Element("meetingID"u8, recording.MeetingId)
            .Element("internalMeetingID"u8, recording.InternalMeetingId ?? recording.RecordId)
            .Element("name"u8, recording.Name)
            .Element("isBreakout"u8, recording.IsBreakout)
            .Element("published"u8, recording.State == RecordingState.Published);
        if (playback.ProtectionEnabled)
        {
            xml.Element("protected"u8, recording.Protected);
        }

        xml.Element("state"u8, CatalogedRecording.NameOf(recording.State))
            .Element("startTime"u8, recording.StartTime)
            .Element("endTime"u8, recording.EndTime);
        if (recording.Participants is { } participants)
        {
            xml.Element("participants"u8, participants);
        }

        xml.Element("rawSize"u8, recording.RawSize ?? 0).Metadata(recording.Metadata);
        WriteBreakout(xml, recording);
        xml.Begin("playback"u8);
        if (recording.State != RecordingState.Deleted)
        {
            foreach (var format in Listed(recording.Formats))
            {
                WriteFormat(xml, recording, format, origin);
            }
        }

        xml.End("playback"u8).End("recording"u8);
    }

    private static void WriteBreakout(AnswerWriter xml, CatalogedRecording recording)
    {
        if (recording.Breakout is { } breakout)
        {
            xml.Begin("breakout"u8).Element("parentId"u8, breakout.ParentId);
            if (breakout.Sequence is { } sequence)
            {
                xml.Element("sequence"u8, sequence);
            }

            if (breakout.FreeJoin is { } freeJoin)
            {
                xml.Element("freeJoin"u8, freeJoin);
            }

            xml.End("breakout"u8);
        }

        if (recording.BreakoutRooms.Count > 0)
        {
            xml.Begin("breakoutRooms"u8);
            foreach (var room in recording.BreakoutRooms)
            {
                xml.Element("breakoutRoom"u8, room);
            }

            xml.End("breakoutRooms"u8);
        }
    }

    private void WriteFormat(AnswerWriter xml, CatalogedRecording recording, CatalogedFormat format, string origin)
    {
        var isProtected = playback.ProtectionEnabled && recording.Protected;
        xml.Begin("format"u8)
            .Element("type"u8, format.Format)
            .Element("url"u8, isProtected ? links.LinkOf(origin, recording.TenantId, recording.RecordId, format.Format) : origin + format.Link);
        if (format.ProcessingMs is { } processing)
        {
            xml.Element("processingTime"u8, processing);
        }

        xml.Element("length"u8, format.LengthMinutes);
        if (format.SizeBytes is { } size)
        {
            xml.Element("size"u8, size);
        }

        if (!isProtected && format.Thumbnails.Count > 0)
        {
            WritePreview(xml, format.Thumbnails, origin);
        }

        xml.End("format"u8);
    }

    private static void WritePreview(AnswerWriter xml, IReadOnlyList<Thumbnail> thumbnails, string origin)
    {
        xml.Begin("preview"u8).Begin("images"u8);
        foreach (var thumbnail in thumbnails)
        {
            xml.BeginTag("image"u8);
            if (thumbnail.Width is { } width)
            {
                xml.Attribute("width"u8, width.ToString(CultureInfo.InvariantCulture));
            }

            if (thumbnail.Height is { } height)
            {
                xml.Attribute("height"u8, height.ToString(CultureInfo.InvariantCulture));
            }

            xml.Attribute("alt"u8, thumbnail.Alt ?? "").EndTag().Text(origin).Text(thumbnail.Path).End("image"u8);
        }

        xml.End("images"u8).End("preview"u8);
    }

    /// <summary>RECORDING_PLAYBACK_FORMATS, in its order.</summary>
    private IEnumerable<CatalogedFormat> Listed(IReadOnlyList<CatalogedFormat> formats) => recordings.PlaybackFormats is not { } listed
        ? formats
        : listed.Distinct(StringComparer.Ordinal).SelectMany(name => formats.Where(format => format.Format == name));
}
