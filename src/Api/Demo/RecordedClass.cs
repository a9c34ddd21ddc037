using System.Xml.Linq;

namespace Scalelite.Api.Demo;

/// <summary>A recording as getRecordings lists it.</summary>
internal sealed record RecordedClass(string RecordId, string Name, string State, IReadOnlyDictionary<string, Uri> Formats)
{
    /// <summary>Reads an answer of getRecordings.</summary>
    public static IReadOnlyList<RecordedClass> ListOf(string answer) =>
    [
        .. XElement.Parse(answer).Elements("recordings").Elements("recording").Select(recording => new RecordedClass(
            recording.Element("recordID")?.Value ?? "",
            recording.Element("name")?.Value ?? "",
            recording.Element("state")?.Value ?? "",
            recording.Elements("playback").Elements("format").ToDictionary(
                format => format.Element("type")?.Value ?? "", format => new Uri(format.Element("url")?.Value.Trim() ?? "")))),
    ];
}
