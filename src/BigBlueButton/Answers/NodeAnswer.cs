using System.Text;

namespace Scalelite.BigBlueButton.Answers;

/// <summary>What a node's answer is.</summary>
public enum NodeAnswerKind
{
    /// <summary>Returncode SUCCESS.</summary>
    Success,

    /// <summary>Returncode FAILED.</summary>
    Failed,

    /// <summary>Nothing, or white space.</summary>
    Empty,

    /// <summary>A page: Tomcat's, nginx's or a captive portal's.</summary>
    Html,

    /// <summary>No XML, or XML with a document type, which is refused.</summary>
    NotXml,

    /// <summary>XML with no returncode, or with one that we do not know.</summary>
    NoReturnCode,
}

/// <summary>The first level of a node's XML answer (<c>bbb-api.md §1.4, §3</c>); its text is decoded only when asked for.</summary>
public sealed class NodeAnswer
{
    private readonly ReadOnlyMemory<byte> _xml;
    private readonly List<Field> _fields = [];
    private Field? _errorKey;
    private Field? _errorMessage;
    private bool _hasResponse;
    private bool _isInErrors;

    private NodeAnswer(ReadOnlyMemory<byte> xml) => _xml = xml;

    /// <summary>What the answer is. One that breaks off behind its returncode still has it.</summary>
    public NodeAnswerKind Kind { get; private set; }

    /// <summary>A node's answer: it has a returncode.</summary>
    public bool IsAnswer => Kind is NodeAnswerKind.Success or NodeAnswerKind.Failed;

    /// <summary>The XML was read to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary><c>messageKey</c>, or the key of the first <c>errors/error</c>; null where there is neither, as in insertDocument's.</summary>
    public string? MessageKey => this["messageKey"] ?? Text(_errorKey);

    /// <summary><c>message</c>, or that of the first <c>errors/error</c>.</summary>
    public string? Message => this["message"] ?? Text(_errorMessage);

    /// <summary>The node does not accept our secret: a failure of that node, never to be shown to an LMS.</summary>
    public bool IsChecksumError => Kind == NodeAnswerKind.Failed && MessageKey == "checksumError";

    /// <summary>FAILED because the node has no such meeting, in any version's words.</summary>
    public bool IsMeetingNotFound => Kind == NodeAnswerKind.Failed && MessageKey is "notFound" or "meetingNotFound" or "invalidMeetingIdentifier";

    /// <summary>create: the meeting was there before.</summary>
    public bool IsDuplicate => Kind == NodeAnswerKind.Success && MessageKey == "duplicateWarning";

    /// <summary>create, getMeetingInfo: the node's own id of this run of the meeting.</summary>
    public string? InternalMeetingId => this["internalMeetingID"];

    /// <summary>create, getMeetingInfo: epoch milliseconds on the node's clock.</summary>
    public long? CreateTime => Number("createTime");

    /// <summary>create: what <c>end</c> needs on nodes older than 2.5.</summary>
    public string? ModeratorPassword => this["moderatorPW"];

    /// <summary>create: the number to dial for this meeting.</summary>
    public string? VoiceBridge => this["voiceBridge"];

    /// <summary>isMeetingRunning, getMeetingInfo.</summary>
    public bool? Running => this["running"] switch { "true" => true, "false" => false, _ => null };

    /// <summary>Root: the version of BigBlueButton; null unless the node's administrator lets it be known.</summary>
    public string? BbbVersion => this["bbbVersion"] is { Length: > 0 } version ? version : null;

    /// <summary>Root: the version of the API, such as <c>2.0</c>.</summary>
    public string? ApiVersion => this["version"];

    /// <summary>The text of the first leaf of this name right below the root; null where there is none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
            {
                if (Ascii.Equals(_xml.Span[field.Name], name))
                {
                    return Text(field);
                }
            }

            return null;
        }
    }

    /// <summary>Reads an answer; never throws.</summary>
    public static NodeAnswer Parse(ReadOnlyMemory<byte> xml)
    {
        var answer = new NodeAnswer(xml);
        var scanner = new XmlScanner(xml.Span);
        for (var token = scanner.Next(); token != XmlToken.None; token = scanner.Next())
        {
            answer.Take(token, in scanner);
        }

        answer.Conclude(in scanner);
        return answer;
    }

    internal static NodeAnswer Begin(ReadOnlyMemory<byte> xml) => new(xml);

    internal void Take(XmlToken token, in XmlScanner at)
    {
        if (token == XmlToken.Start)
        {
            _hasResponse |= at.Depth == 1 && at.Name.SequenceEqual("response"u8);
            _isInErrors = at.Depth == 2 ? at.Name.SequenceEqual("errors"u8) : _isInErrors;
        }
        else if (at.IsLeaf && at.Depth == 2)
        {
            _fields.Add(FieldAt(at));
        }
        else if (at.IsLeaf && at.Depth == 4 && _isInErrors)
        {
            _errorKey ??= at.Name.SequenceEqual("key"u8) ? FieldAt(at) : null;
            _errorMessage ??= at.Name.SequenceEqual("message"u8) ? FieldAt(at) : null;
        }
    }

    internal void Conclude(in XmlScanner scanner)
    {
        IsComplete = scanner.IsComplete;
        Kind = (_hasResponse ? this["returncode"]?.Trim() : null) switch
        {
            "SUCCESS" => NodeAnswerKind.Success,
            "FAILED" => NodeAnswerKind.Failed,
            _ when IsComplete && _hasResponse => NodeAnswerKind.NoReturnCode,
            _ => KindOfOther(_xml.Span, IsComplete),
        };
    }

    private static NodeAnswerKind KindOfOther(ReadOnlySpan<byte> text, bool isXml)
    {
        text = (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? NodeAnswerKind.Empty
            : StartsWithIgnoringCase(text, "<!doctype html"u8) || StartsWithIgnoringCase(text, "<html"u8) ? NodeAnswerKind.Html
            : isXml ? NodeAnswerKind.NoReturnCode
            : NodeAnswerKind.NotXml;
    }

    private static bool StartsWithIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private Field FieldAt(in XmlScanner at) => new(RangeOf(at.Name), RangeOf(at.Content));

    private Range RangeOf(ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty || !_xml.Span.Overlaps(part, out var offset))
        {
            return default(Index)..default;
        }

        return offset..(offset + part.Length);
    }

    private long? Number(string name) => this[name] is { } text ? XmlText.Number(Encoding.UTF8.GetBytes(text)) : null;

    private string? Text(Field? field) => field is { } one ? XmlText.Decode(_xml.Span[one.Content]) : null;

    private readonly record struct Field(Range Name, Range Content);
}
