using System.Globalization;
using System.Xml.Linq;
using Scalelite.Domain.Recordings;

namespace Scalelite.BigBlueButton.Recordings;

/// <summary>The element <c>recording</c> of a <c>metadata.xml</c>.</summary>
internal sealed class RecordingElement(XElement root)
{
    /// <summary>Keys below <c>meta</c> that describe the meeting and are not kept as metadata.</summary>
    private static readonly string[] OfTheMeeting = ["meetingId", "meetingName", "isBreakout"];

    private XElement? Meeting => root.Element("meeting");

    private XElement? Playback => root.Element("playback");

    public RecordingMetadata? Read(out string? why)
    {
        var id = Text(root, "id") ?? "";
        var start = Number(root, "start_time") ?? StartOf(id);
        var meetingId = Meta("meetingId") ?? Attribute(Meeting, "externalId");
        why = id.Length == 0 ? "it has no id"
            : start is null ? "it has no start_time"
            : meetingId is null ? "it has no meetingId"
            : null;
        if (why is not null) return null;

        var breakout = Breakout();
        var description = new RecordingDescription(
            id,
            meetingId!,
            Attribute(Meeting, "id") ?? id,
            Meta("meetingName") ?? Attribute(Meeting, "name") ?? "",
            start!.Value,
            Number(root, "end_time") ?? start.Value,
            (int?)Whole(Number(root, "participants"), int.MaxValue),
            Whole(Number(root, "raw_size"), long.MaxValue),
            IsTrue(Attribute(Meeting, "breakout")) || IsTrue(Meta("isBreakout")) || breakout is not null,
            breakout,
            [.. root.Elements("breakoutRooms").Elements("breakoutRoom").Select(Trimmed).OfType<string>()],
            Metadata());
        return new RecordingMetadata(
            description,
            Text(root, "published") is { } published ? IsTrue(published) : Text(root, "state") is null or "published" or "available",
            Text(Playback, "format") ?? "",
            PathOf(Text(Playback, "link"), withQuery: true),
            Minutes(Number(Playback, "duration")),
            Whole(Number(Playback, "processing_time"), long.MaxValue),
            Whole(Number(Playback, "size"), long.MaxValue),
            [.. (Playback?.Descendants("image") ?? []).Select(Picture).OfType<Thumbnail>()]);
    }

    private static string? Trimmed(XElement element) => element.Value.Trim() is { Length: > 0 } text ? text : null;

    private static string? Text(XElement? parent, string name) => parent?.Element(name) is { } element ? Trimmed(element) : null;

    private static string? Attribute(XElement? element, string name) => element?.Attribute(name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    private static long? Number(XElement? parent, string name) => Number(Text(parent, name));

    /// <summary>Whole numbers; some scripts write fractions.</summary>
    private static long? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number is >= long.MinValue and <= long.MaxValue
            ? (long)Math.Truncate(number)
            : null;

    private static long? Whole(long? number, long most) => number is >= 0 && number <= most ? number : null;

    private static int Minutes(long? milliseconds) =>
        milliseconds is > 0 and < int.MaxValue * 60_000L ? (int)Math.Round(milliseconds.Value / 60_000m, MidpointRounding.AwayFromZero) : 0;

    /// <summary>Ids of recordings end with the epoch milliseconds of the meeting's creation.</summary>
    private static long? StartOf(string id) => id.LastIndexOf('-') is >= 0 and var dash && id.Length - dash == 14 ? Number(id[(dash + 1)..]) : null;

    /// <summary>What follows the host of a URL; a path stays what it is.</summary>
    private static string PathOf(string? url, bool withQuery)
    {
        if (url is null) return "";
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 || url[0] == '/' ? url : url.IndexOf('/', scheme + 3) is >= 0 and var slash ? url[slash..] : "/";
        var end = path.IndexOfAny(withQuery ? ['#'] : ['?', '#']);
        if (end >= 0) path = path[..end];
        return path.StartsWith('/') ? path : "/" + path;
    }

    private static Thumbnail? Picture(XElement image) => Trimmed(image) is { } url
        ? new Thumbnail(
            PathOf(url, withQuery: false),
            (int?)Whole(Number(Attribute(image, "width")), int.MaxValue),
            (int?)Whole(Number(Attribute(image, "height")), int.MaxValue),
            Attribute(image, "alt") ?? "")
        : null;

    private string? Meta(string key) =>
        root.Elements("meta").Elements().FirstOrDefault(e => e.Name.LocalName.Equals(key, StringComparison.OrdinalIgnoreCase)) is { } element ? Trimmed(element) : null;

    private Dictionary<string, string> Metadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var element in root.Elements("meta").Elements())
        {
            var key = element.Name.LocalName;
            if (!OfTheMeeting.Contains(key, StringComparer.OrdinalIgnoreCase)) metadata[key] = element.Value;
        }

        return metadata;
    }

    private BreakoutOf? Breakout()
    {
        var element = root.Element("breakout");
        var (parent, sequence, free) = (Attribute(element, "parentMeetingId"), Number(Attribute(element, "sequence")), Attribute(element, "freeJoin"));
        return parent is null && sequence is null && free is null
            ? null
            : new BreakoutOf(parent, (int?)Whole(sequence, int.MaxValue), free is null ? null : IsTrue(free));
    }
}
