using Scalelite.Domain.Parameters;

namespace Scalelite.Domain.Callbacks;

/// <summary>The metadata by which a create names who is to be called. Names without <c>meta_</c>, in lower case (<c>bbb-api.md §5</c>).</summary>
public static class CallbackMetadata
{
    /// <summary>Called with what a node counted in the meeting.</summary>
    public const string Analytics = "analytics-callback-url";

    /// <summary>Called when the meeting has ended.</summary>
    public const string MeetingEnded = "endcallbackurl";

    /// <summary>Called when a recording can be played; of several the first one counts.</summary>
    public static IReadOnlyList<string> RecordingReady { get; } = ["bn-recording-ready-url", "bbb-recording-ready-url", "canvas-recording-ready-url"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. RecordingReady, Analytics, MeetingEnded];

    /// <summary>What the node does not get: it would call by itself, with a secret that the client does not know.</summary>
    public static IReadOnlyDictionary<string, string?> TakenFromNode { get; } =
        RecordingReady.ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);

    /// <summary>What the node gets in the place of what the client named.</summary>
    /// <param name="urls">The callbacks that it named.</param>
    /// <param name="unusable">Those that are forgotten.</param>
    /// <param name="analytics">Where the node is to send what it counted, for us to pass on.</param>
    public static IReadOnlyDictionary<string, string?> ForNode(IReadOnlyDictionary<string, string> urls, IReadOnlyList<string> unusable, string analytics)
    {
        var named = urls.ContainsKey(Analytics);
        return named || unusable.Contains(Analytics)
            ? new Dictionary<string, string?>(TakenFromNode, StringComparer.Ordinal) { [Analytics] = named ? analytics : null }
            : TakenFromNode;
    }

    /// <summary>The callbacks with the one that is called when the meeting has ended as the node would get it; without one where that is none.</summary>
    /// <param name="metadata">As defaults and overrides leave it.</param>
    public static IReadOnlyDictionary<string, string> WithMeetingEnded(IReadOnlyDictionary<string, string> urls, IReadOnlyDictionary<string, string> metadata)
    {
        var settled = metadata.GetValueOrDefault(MeetingEnded);
        if (urls.GetValueOrDefault(MeetingEnded) == settled) return urls;
        var changed = new Dictionary<string, string>(urls, StringComparer.Ordinal);
        changed.Remove(MeetingEnded);
        if (CallbackUrl.Read(settled) is not null) changed[MeetingEnded] = settled!;
        return changed;
    }

    /// <summary>The callbacks that a client named, and those among them that are no URL to call and are forgotten.</summary>
    /// <param name="client">All that the checksum covered; of a name that comes twice the first counts.</param>
    public static (IReadOnlyDictionary<string, string> Urls, IReadOnlyList<string> Unusable) Of(IReadOnlyList<Parameter> client)
    {
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string>? unusable = null;
        foreach (var parameter in client)
        {
            if (parameter.MetaName is not { } name || !All.Contains(name) || urls.ContainsKey(name) || unusable?.Contains(name) == true) continue;
            if (CallbackUrl.Read(parameter.Value) is not null) urls.Add(name, parameter.Value);
            else (unusable ??= []).Add(name);
        }

        return (urls, unusable ?? []);
    }
}
