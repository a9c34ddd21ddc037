using System.Buffers;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>Our own answers, whole, as UTF-8 (<c>bbb-api.md §3</c>). Sent as <see cref="ContentType"/>, status 200.</summary>
public static class BbbXml
{
    /// <summary>As a node says it.</summary>
    public const string ContentType = "text/xml;charset=utf-8";

    private static readonly byte[] RunningTrue = Success(xml => xml.Element("running"u8, true));
    private static readonly byte[] RunningFalse = Success(xml => xml.Element("running"u8, false));

    /// <summary>getMeetings without a meeting.</summary>
    public static ReadOnlyMemory<byte> NoMeetings { get; } = Success(xml => xml
        .Empty("meetings"u8)
        .Element("messageKey"u8, "noMeetings")
        .Element("message"u8, "no meetings were found on this server"));

    /// <summary>getSessions without a session; the typing error is upstream's.</summary>
    public static ReadOnlyMemory<byte> NoSessions { get; } = Success(xml => xml
        .Empty("sessions"u8)
        .Element("messageKey"u8, "noSessions")
        .Element("message"u8, "no sessions were found on this serverr"));

    /// <summary>getRecordings without a recording.</summary>
    public static ReadOnlyMemory<byte> NoRecordings { get; } = Success(xml => xml
        .Begin("recordings"u8).End("recordings"u8)
        .Element("messageKey"u8, "noRecordings")
        .Element("message"u8, "There are no recordings for the meeting(s)."));

    /// <summary>end of a meeting that is ending.</summary>
    public static ReadOnlyMemory<byte> EndSent { get; } = Success(xml => xml
        .Element("messageKey"u8, "sentEndMeetingRequest")
        .Element(
            "message"u8,
            "A request to end the meeting was sent.  Please wait a few seconds, and then use the "
            + "getMeetingInfo or isMeetingRunning API calls to verify that it was ended."));

    /// <summary>A FAILED answer.</summary>
    public static byte[] Failed(string key, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        new AnswerWriter(buffer)
            .Raw("<response><returncode>FAILED</returncode>"u8)
            .Element("messageKey"u8, key)
            .Element("message"u8, message)
            .EndResponse();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A SUCCESS answer with what <paramref name="content"/> writes.</summary>
    public static byte[] Success(Action<AnswerWriter> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var buffer = new ArrayBufferWriter<byte>(256);
        var xml = new AnswerWriter(buffer).BeginSuccess();
        content(xml);
        xml.EndResponse();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The root's answer: version 2.0, and BUILD_NUMBER where it is set.</summary>
    public static byte[] Version(string? build) => Success(xml =>
    {
        xml.Element("version"u8, "2.0").Element("apiVersion"u8, "2.0").Element("bbbVersion"u8, "");
        if (!string.IsNullOrEmpty(build))
        {
            xml.Element("build"u8, build);
        }
    });

    /// <summary>isMeetingRunning.</summary>
    public static ReadOnlyMemory<byte> Running(bool running) => running ? RunningTrue : RunningFalse;

    /// <summary>publishRecordings.</summary>
    public static byte[] Published(bool published) => Success(xml => xml.Element("published"u8, published));

    /// <summary>updateRecordings.</summary>
    public static byte[] Updated(bool updated) => Success(xml => xml.Element("updated"u8, updated));

    /// <summary>deleteRecordings.</summary>
    public static byte[] Deleted(bool deleted) => Success(xml => xml.Element("deleted"u8, deleted));

    /// <summary>getMeetings of these <c>&lt;meeting&gt;</c> elements: fragments of nodes' answers or <see cref="KnownMeeting.ToXml"/>.</summary>
    public static void WriteMeetings(IBufferWriter<byte> to, IEnumerable<ReadOnlyMemory<byte>> meetings)
    {
        ArgumentNullException.ThrowIfNull(meetings);
        var xml = new AnswerWriter(to);
        var any = false;
        foreach (var meeting in meetings)
        {
            if (!any)
            {
                xml.BeginSuccess().Begin("meetings"u8);
                any = true;
            }

            xml.Raw(meeting.Span);
        }

        _ = any ? xml.End("meetings"u8).EndResponse() : xml.Raw(NoMeetings.Span);
    }
}
