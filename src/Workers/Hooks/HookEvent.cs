using System.Text.Json;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Workers.Hooks;

/// <summary>A call of a node's bbb-webhooks: a form with <c>domain</c>, <c>event</c> (a JSON array) and <c>timestamp</c>.</summary>
internal static class HookEvent
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 128 };

    /// <summary>Whether the node's secret signed the call: <c>H(callbackURL + body + secret)</c>, by the length of the checksum.</summary>
    /// <param name="urls">What the node may have been told to call.</param>
    public static bool IsSigned(string? checksum, IEnumerable<string> urls, string body, IReadOnlyList<string> secrets)
    {
        if (string.IsNullOrEmpty(checksum) || !checksum.All(char.IsAsciiHexDigit)) return false;
        var signed = new RawQuery($"{body}{(body.Length == 0 ? "" : "&")}checksum={checksum}");
        return signed.WithoutChecksum == body && urls.Any(url => Checksum.Verify(url, signed, secrets, ChecksumAlgorithms.All).IsRight);
    }

    /// <summary>The call with our name in the place of the node's: clients know the pool as one BBB server.</summary>
    public static string WithDomain(string body, string domain) => string.Join(
        '&', body.Split('&').Select(pair => pair.StartsWith("domain=", StringComparison.Ordinal) ? $"domain={Uri.EscapeDataString(domain)}" : pair));

    /// <summary>The meeting that the call is about, as the node and as its client name it, in translated and in raw events; null where it names none.</summary>
    public static (string? InternalMeetingId, string? MeetingId) MeetingOf(string body)
    {
        if (body.Split('&').FirstOrDefault(pair => pair.StartsWith("event=", StringComparison.Ordinal)) is not { } pair) return default;
        try
        {
            using var json = JsonDocument.Parse(Uri.UnescapeDataString(pair["event=".Length..].Replace('+', ' ')), Depth);
            if (json.RootElement.ValueKind != JsonValueKind.Array || json.RootElement.GetArrayLength() == 0) return default;
            var @event = json.RootElement[0];
            if (At(@event, "data", "attributes", "meeting") is { } meeting)
                return (Text(At(meeting, "internal-meeting-id")), Text(At(meeting, "external-meeting-id")));
            return (Text(At(@event, "core", "header", "meetingId") ?? At(@event, "envelope", "routing", "meetingId") ?? At(@event, "core", "body", "props", "meetingProp", "intId")), null);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static JsonElement? At(JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        }

        return element;
    }

    private static string? Text(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
