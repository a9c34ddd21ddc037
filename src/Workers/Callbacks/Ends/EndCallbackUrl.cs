namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>The URLs that are called when meetings end (<c>bbb-api.md §5</c>).</summary>
public static class EndCallbackUrl
{
    /// <summary>Below the public URL: <c>/{instance}/{mac}</c> follows.</summary>
    public const string Path = "/bigbluebutton/api/end_callback";

    private const string Purpose = "end";

    /// <summary>
    /// What a node is to call: the same for every create of the run on that server, and of no use for another run or server, so that a copy
    /// which was left behind says nothing about the meeting.
    /// </summary>
    /// <param name="publicUrl">Without a slash at its end.</param>
    public static string Of(CallbackMac mac, string publicUrl, Guid instance, string serverId)
    {
        ArgumentNullException.ThrowIfNull(mac);
        return $"{publicUrl}{Path}/{instance}/{mac.Of(Purpose, Subject(instance, serverId))}";
    }

    /// <summary>Whether a call came by the URL of that run on that server.</summary>
    public static bool IsRight(CallbackMac mac, Guid instance, string serverId, string? digits)
    {
        ArgumentNullException.ThrowIfNull(mac);
        return mac.IsRight(Purpose, Subject(instance, serverId), digits);
    }

    /// <summary>What the client's URL becomes: with <c>recordingmarks</c> and <c>meetingID</c>, as a node would call it.</summary>
    public static string ForClient(string url, bool recordingMarks, string meetingId)
    {
        ArgumentNullException.ThrowIfNull(url);
        var trimmed = url.Trim();
        var fragment = trimmed.IndexOf('#', StringComparison.Ordinal);
        var called = fragment < 0 ? trimmed : trimmed[..fragment];
        var joint = !called.Contains('?', StringComparison.Ordinal) ? "?" : called[^1] is '?' or '&' ? "" : "&";
        return $"{called}{joint}recordingmarks={(recordingMarks ? "true" : "false")}&meetingID={Uri.EscapeDataString(meetingId)}";
    }

    private static string Subject(Guid instance, string serverId) => $"{instance}\0{serverId}";
}
