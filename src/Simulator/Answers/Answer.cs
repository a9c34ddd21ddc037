using System.Text;

namespace Scalelite.Simulator.Answers;

/// <summary>What a node answers, before any fault has touched it.</summary>
internal sealed class Answer : IDisposable
{
    private const string Xml = "text/xml;charset=utf-8";
    private const string Html = "text/html;charset=utf-8";

    private readonly XmlBuffer? _buffer;

    private Answer(int status, string? contentType, ReadOnlyMemory<byte> body, XmlBuffer? buffer = null)
    {
        (Status, ContentType, Body) = (status, contentType, body);
        _buffer = buffer;
    }

    public int Status { get; }

    public string? ContentType { get; }

    public ReadOnlyMemory<byte> Body { get; }

    public string? Location { get; private init; }

    public string? Cookie { get; private init; }

    /// <summary>An answer that is the same each time; it may be kept and given again.</summary>
    public static Answer Fixed(ReadOnlySpan<byte> xml) => new(200, Xml, xml.ToArray());

    /// <summary>An answer that takes the buffer with it.</summary>
    public static Answer Of(XmlBuffer xml) => new(200, Xml, xml.Written, xml);

    public static Answer OfText(string xml) => new(200, Xml, Encoding.UTF8.GetBytes(xml));

    public static Answer OfHtml(int status, string html) => new(status, Html, Encoding.UTF8.GetBytes(html));

    public static Answer Redirect(string location, string? cookie = null) => new(302, null, default) { Location = location, Cookie = cookie };

    /// <summary>BBB's error envelope (<c>bbb-api.md §1.4</c>).</summary>
    public static Answer Failed(string key, string message) =>
        Of(new XmlBuffer(512).Raw("<response><returncode>FAILED</returncode>"u8).Element("messageKey"u8, key).Element("message"u8, message).Raw("</response>"u8));

    /// <summary>The envelope that has no <c>messageKey</c>: nonUniqueVoiceBridge.</summary>
    public static Answer FailedInErrors(string key, string message) =>
        Of(new XmlBuffer(512).Raw("<response><returncode>FAILED</returncode><errors><error>"u8).Element("key"u8, key).Element("message"u8, message)
            .Raw("</error></errors></response>"u8));

    /// <summary>The envelope that has nothing but a message: insertDocument.</summary>
    public static Answer FailedWithoutKey(string message) =>
        Of(new XmlBuffer(512).Raw("<response><returncode>FAILED</returncode>"u8).Element("message"u8, message).Raw("</response>"u8));

    /// <summary>The first half of this answer, as whole an HTTP message as before.</summary>
    public Answer Truncated() => new(Status, ContentType, Body[..(Body.Length / 2)].ToArray());

    public void Dispose() => _buffer?.Dispose();
}
