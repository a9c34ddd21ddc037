using System.Text.Json;
using System.Text.RegularExpressions;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.EventLog;
using Scalelite.Workers.Imports;

namespace Scalelite.Api.Uploads;

/// <summary>
/// What a node shows to upload an archive: a JSON web token (HS256) signed with the node's secret, with the claims <c>aud</c> =
/// <c>recording-upload</c>, <c>sub</c> = the archive's name, <c>size</c> in bytes, <c>sha256</c> in lower-case hex, and <c>exp</c>.
/// </summary>
internal static partial class UploadToken
{
    /// <summary>The claim <c>aud</c>: a token that was made for something else opens nothing here.</summary>
    public const string Audience = "recording-upload";

    /// <summary>A token that lives longer is refused.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    /// <summary>Reads the <c>Authorization: Bearer</c> of a request.</summary>
    /// <param name="secrets">The nodes' secrets, those of servers that were removed lately included.</param>
    /// <returns>Null where it is none, or not to be believed.</returns>
    public static UploadedArchive? Read(string? authorization, IReadOnlyList<Secret> secrets, DateTimeOffset now)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var token = JsonWebToken.Verify(authorization[scheme.Length..].Trim(), [.. secrets.Select(secret => secret.Value)], now, TokenAlgorithm.HS256);
        if (token is null || token.Text("aud") != Audience) return null;
        if (Number(token, "exp") is not { } until || until > (now + LongestLife).ToUnixTimeSeconds()) return null;
        return Number(token, "size") is { } size and > 0
            && token.Text("sub") is { } name && Name().IsMatch(name) && Spool.IsArchive(name)
            && token.Text("sha256") is { } sha && Sha256().IsMatch(sha)
            ? new UploadedArchive(secrets[token.Secret].Owner, name, size, sha)
            : null;
    }

    private static long? Number(VerifiedToken token, string claim) =>
        token.Claims[claim] is { } value && value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<long>(out var number) ? number : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sha256();
}
