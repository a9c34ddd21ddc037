using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;

namespace Scalelite.Api.Tests.Calls;

/// <summary>What the balancer answered.</summary>
internal sealed record Reply(int Status, byte[] Bytes, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public XElement Xml => XElement.Parse(Text);

    public string Code => this["returncode"];

    public string Key => Xml.Element("messageKey")?.Value ?? "";

    public string Message => this["message"];

    public string Location => Headers.Location?.OriginalString ?? throw new InvalidOperationException($"{Status} without a location: {Text}");

    public string this[string name] => Xml.Element(name)?.Value ?? throw new KeyNotFoundException($"No {name} in {Text}");
}
