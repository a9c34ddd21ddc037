namespace Scalelite.BigBlueButton.Answers;

/// <summary>A session in a node's getSessions answer.</summary>
/// <param name="MeetingId">The node's id of the meeting: its internalMeetingID; empty where there is none.</param>
/// <param name="Element">Its element, a slice of the answer's bytes; it holds a user's name.</param>
public readonly record struct NodeSession(string MeetingId, ReadOnlyMemory<byte> Element);

/// <summary>Reads a node's getSessions answer (<c>bbb-api.md §3.8</c>) session by session.</summary>
public static class NodeSessions
{
    /// <summary>Its sessions in the node's order; never throws.</summary>
    public static IReadOnlyList<NodeSession> Parse(ReadOnlyMemory<byte> xml)
    {
        var sessions = new List<NodeSession>();
        var scanner = new XmlScanner(xml.Span);
        var isInSessions = false;
        var start = 0;
        var meetingId = "";
        for (var token = scanner.Next(); token != XmlToken.None; token = scanner.Next())
        {
            switch (token, scanner.Depth)
            {
                case (XmlToken.Start, 2):
                    isInSessions = scanner.Name.SequenceEqual("sessions"u8);
                    break;
                case (XmlToken.Start, 3) when isInSessions:
                    (start, meetingId) = (scanner.TagStart, "");
                    break;
                case (XmlToken.End, 4) when isInSessions && scanner.IsLeaf && scanner.Name.SequenceEqual("meetingID"u8):
                    meetingId = XmlText.Decode(scanner.Content);
                    break;
                case (XmlToken.End, 3) when isInSessions:
                    sessions.Add(new NodeSession(meetingId, xml[start..scanner.TagEnd]));
                    break;
            }
        }

        return sessions;
    }
}
