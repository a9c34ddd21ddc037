namespace Scalelite.BigBlueButton.Answers;

/// <summary>A node's getMeetings answer: its meetings, and each one's element to be passed on.</summary>
public sealed class NodeMeetings
{
    private readonly List<NodeMeeting> _meetings = [];
    private readonly List<ReadOnlyMemory<byte>> _elements = [];

    private NodeMeetings(NodeAnswer answer) => Answer = answer;

    /// <summary>The answer's first level.</summary>
    public NodeAnswer Answer { get; }

    /// <summary>
    /// The answer says which meetings there are: SUCCESS, whole, with <c>&lt;meetings&gt;</c>. Where it is false nothing follows, least of all
    /// that there are none.
    /// </summary>
    public bool IsValid { get; private set; }

    /// <summary>The meetings in the node's order.</summary>
    public IReadOnlyList<NodeMeeting> Meetings => _meetings;

    /// <summary>
    /// For each of <see cref="Meetings"/> its <c>&lt;meeting&gt;…&lt;/meeting&gt;</c>: a slice of the answer's bytes, or a mended copy where the node
    /// wrote what would break the answer that it is put into. It holds users' names and passwords.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Elements => _elements;

    /// <summary>Reads an answer; never throws.</summary>
    public static NodeMeetings Parse(ReadOnlyMemory<byte> xml)
    {
        var answer = NodeAnswer.Begin(xml);
        var read = new NodeMeetings(answer);
        var scanner = new XmlScanner(xml.Span);
        var hasMeetings = false;
        var isInMeetings = false;
        var isInMetadata = false;
        var start = 0;
        var meeting = new MeetingFields();
        for (var token = scanner.Next(); token != XmlToken.None; token = scanner.Next())
        {
            answer.Take(token, in scanner);
            switch (token, scanner.Depth)
            {
                case (XmlToken.Start, 2):
                    isInMeetings = scanner.Name.SequenceEqual("meetings"u8);
                    hasMeetings |= isInMeetings;
                    break;
                case (XmlToken.Start, 3) when isInMeetings:
                    start = scanner.TagStart;
                    meeting = new MeetingFields();
                    break;
                case (XmlToken.Start, 4):
                    isInMetadata = scanner.Name.SequenceEqual("metadata"u8);
                    break;
                case (XmlToken.End, 5) when isInMeetings && isInMetadata && scanner.IsLeaf:
                    meeting.TakeMetadata(scanner.Name, scanner.Content);
                    break;
                case (XmlToken.End, 4) when isInMeetings && scanner.IsLeaf:
                    meeting.Take(scanner.Name, scanner.Content);
                    break;
                case (XmlToken.End, 3) when isInMeetings && scanner.Name.SequenceEqual("meeting"u8) && meeting.HasId:
                    read._meetings.Add(meeting.ToMeeting());
                    read._elements.Add(Sound(xml[start..scanner.TagEnd]));
                    break;
            }
        }

        answer.Conclude(in scanner);
        read.IsValid = hasMeetings && answer is { Kind: NodeAnswerKind.Success, IsComplete: true };
        return read;
    }

    private static ReadOnlyMemory<byte> Sound(ReadOnlyMemory<byte> element) => XmlText.IsSound(element.Span) ? element : XmlText.Mend(element.Span);

    private struct MeetingFields
    {
        private string? _meetingId;
        private string? _internalMeetingId;
        private string? _name;
        private string? _voiceBridge;
        private string? _parent;
        private long _createTime;
        private bool _running;
        private bool _recording;
        private bool _isEnding;
        private bool _isBreakout;
        private int _users;
        private int _moderators;
        private int _listeners;
        private int _voice;
        private int _videos;
        private int? _sequence;
        private Dictionary<string, string>? _metadata;

        public readonly bool HasId => !string.IsNullOrEmpty(_meetingId);

        public void TakeMetadata(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content) =>
            (_metadata ??= []).TryAdd(System.Text.Encoding.UTF8.GetString(name), XmlText.Decode(content));

        public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
        {
            if (name.SequenceEqual("meetingID"u8))
            {
                _meetingId = XmlText.Decode(content);
            }
            else if (name.SequenceEqual("internalMeetingID"u8))
            {
                _internalMeetingId = XmlText.Decode(content);
            }
            else if (name.SequenceEqual("meetingName"u8))
            {
                _name = XmlText.Decode(content);
            }
            else if (name.SequenceEqual("voiceBridge"u8))
            {
                _voiceBridge = XmlText.Decode(content);
            }
            else if (name.SequenceEqual("parentMeetingID"u8))
            {
                _parent = XmlText.Decode(content);
            }
            else if (name.SequenceEqual("createTime"u8))
            {
                _createTime = XmlText.Number(content) ?? 0;
            }
            else if (name.SequenceEqual("running"u8))
            {
                _running = IsTrue(content);
            }
            else if (name.SequenceEqual("recording"u8))
            {
                _recording = IsTrue(content);
            }
            else if (name.SequenceEqual("hasBeenForciblyEnded"u8))
            {
                _isEnding = IsTrue(content);
            }
            else if (name.SequenceEqual("isBreakout"u8))
            {
                _isBreakout = IsTrue(content);
            }
            else if (name.SequenceEqual("participantCount"u8))
            {
                _users = Count(content);
            }
            else if (name.SequenceEqual("moderatorCount"u8))
            {
                _moderators = Count(content);
            }
            else if (name.SequenceEqual("listenerCount"u8))
            {
                _listeners = Count(content);
            }
            else if (name.SequenceEqual("voiceParticipantCount"u8))
            {
                _voice = Count(content);
            }
            else if (name.SequenceEqual("videoCount"u8))
            {
                _videos = Count(content);
            }
            else if (name.SequenceEqual("sequence"u8))
            {
                _sequence = Count(content);
            }
        }

        public readonly NodeMeeting ToMeeting() => new(
            _meetingId ?? "", _internalMeetingId ?? "", _createTime, _name ?? "", _voiceBridge, _running, _recording, _isEnding,
            _users, _moderators, _listeners, _voice, _videos, _isBreakout, _parent, _sequence, _metadata ?? NodeMeeting.NoMetadata);

        private static bool IsTrue(ReadOnlySpan<byte> content) => content.Trim(" \t\r\n"u8).SequenceEqual("true"u8);

        private static int Count(ReadOnlySpan<byte> content) => (int)Math.Clamp(XmlText.Number(content) ?? 0, 0, int.MaxValue);
    }
}
