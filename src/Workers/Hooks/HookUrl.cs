using Scalelite.Workers.Callbacks;

namespace Scalelite.Workers.Hooks;

/// <summary>The URL that a node is told to call with the events of a hook: of use for that hook and that server only.</summary>
public static class HookUrl
{
    /// <summary>Below the public URL: <c>/{hook}/{server}/{mac}</c> follows.</summary>
    public const string Path = "/bigbluebutton/hooks";

    private const string Purpose = "hook";

    /// <summary>What the node calls.</summary>
    /// <param name="publicUrl">Without a slash at its end.</param>
    public static string Of(CallbackMac mac, string publicUrl, Guid hookId, string serverId)
    {
        ArgumentNullException.ThrowIfNull(mac);
        return $"{publicUrl}{Path}/{hookId}/{serverId}/{mac.Of(Purpose, Subject(hookId, serverId))}";
    }

    /// <summary>Whether a call came by the URL of that hook on that server.</summary>
    public static bool IsRight(CallbackMac mac, Guid hookId, string serverId, string? digits)
    {
        ArgumentNullException.ThrowIfNull(mac);
        return mac.IsRight(Purpose, Subject(hookId, serverId), digits);
    }

    /// <summary>Whether a URL that a server has is one that we gave it, under whatever name we were reached then.</summary>
    public static bool IsOurs(CallbackMac mac, string url, string serverId) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Segments is [.., var hook, var server, var digits]
        && server.TrimEnd('/') == serverId
        && Guid.TryParseExact(hook.TrimEnd('/'), "D", out var hookId)
        && IsRight(mac, hookId, serverId, digits);

    private static string Subject(Guid hookId, string serverId) => $"{hookId}\0{serverId}";
}
