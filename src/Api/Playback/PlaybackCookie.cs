using System.Text.Json.Nodes;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>
/// The cookie by which a browser that opened a protected recording gets its files: <c>recording_{format}_{recordID}</c>, a token that
/// names the format's folder and its end (<c>bbb-api.md §6.3</c>). Browsers send it in frames on the LMS's pages too.
/// </summary>
/// <param name="secretKeyBase">SECRET_KEY_BASE.</param>
/// <param name="settings">How long a recording, once opened, can be watched.</param>
/// <param name="clock">By which cookies end.</param>
internal sealed class PlaybackCookie(string secretKeyBase, PlaybackSettings settings, TimeProvider clock)
{
    private readonly string key = Convert.ToHexStringLower(PlaybackKeys.Derive(secretKeyBase, "scalelite playback cookie 1"));

    /// <summary>Gives the browser the cookie of a format.</summary>
    public void Set(HttpResponse response, string format, string recordId)
    {
        var folder = Folder(format, recordId);
        var claims = new JsonObject { ["sub"] = folder, ["exp"] = (clock.GetUtcNow() + settings.CookieLife).ToUnixTimeSeconds() };
        response.Cookies.Append(Name(format, recordId), JsonWebToken.Sign(TokenAlgorithm.HS256, key, claims), new CookieOptions
        {
            Path = folder,
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.None,
        });
    }

    /// <summary>Whether the request bears a cookie for this format of this recording whose time is not over.</summary>
    public bool Opens(HttpRequest request, string format, string recordId)
    {
        var now = clock.GetUtcNow();
        return JsonWebToken.Verify(request.Cookies[Name(format, recordId)], [key], now, TokenAlgorithm.HS256) is { } token
            && token.Text("sub") == Folder(format, recordId)
            && token.Claims["exp"] is JsonValue exp && exp.TryGetValue(out long until) && until > now.ToUnixTimeSeconds();
    }

    private static string Name(string format, string recordId) => $"recording_{format}_{recordId}";

    private static string Folder(string format, string recordId) => $"/{format}/{recordId}";
}
