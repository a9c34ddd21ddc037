using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.BigBlueButton.Tokens;

/// <summary>The algorithms by which BBB, its clients and this program sign tokens.</summary>
public enum TokenAlgorithm
{
    /// <summary>HMAC with SHA-256.</summary>
    HS256,

    /// <summary>HMAC with SHA-512.</summary>
    HS512,
}

/// <summary>JSON web tokens (RFC 7519) in their compact form, signed with a shared secret. Nothing else is made or believed.</summary>
public static class JsonWebToken
{
    /// <summary>A longer token is not looked at.</summary>
    public const int Longest = 16 * 1024;

    /// <summary>Signs claims.</summary>
    /// <param name="secret">Its UTF-8 is the key.</param>
    /// <exception cref="ArgumentException">The secret is empty: anyone could sign so.</exception>
    public static string Sign(TokenAlgorithm algorithm, string secret, JsonObject claims)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        ArgumentNullException.ThrowIfNull(claims);
        var signed = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        return $"{signed}.{Base64Url.EncodeToString(Hmac(algorithm, secret, signed))}";
    }

    /// <summary>Reads a token's claims.</summary>
    /// <param name="secrets">Those that may have signed it; empty ones are passed over. Each is compared in constant time.</param>
    /// <param name="now">By which <c>exp</c> and <c>nbf</c> are judged, in whole seconds and with a minute's leeway between clocks.</param>
    /// <param name="allowed">A token by any other algorithm, <c>none</c> above all, is wrong.</param>
    /// <returns>Null where it is no token, no secret gives its signature, or it is over or not yet valid.</returns>
    public static VerifiedToken? Verify(string? token, IReadOnlyList<string> secrets, DateTimeOffset now, params ReadOnlySpan<TokenAlgorithm> allowed)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        if (token is null || token.Length > Longest || token.Split('.') is not [var header, var payload, var signature]) return null;
        if (AlgorithmOf(header) is not { } algorithm || !allowed.Contains(algorithm) || Decode(signature) is not { } presented) return null;
        var signed = $"{header}.{payload}";
        for (var i = 0; i < secrets.Count; i++)
        {
            if (secrets[i].Length == 0 || !CryptographicOperations.FixedTimeEquals(Hmac(algorithm, secrets[i], signed), presented)) continue;
            return Claims(payload) is { } claims && IsTimely(claims, now) ? new VerifiedToken(claims, i) : null;
        }

        return null;
    }

    /// <summary>The algorithm for what clients are to verify, by what they may sign with: HS256, but HS512 where SHA-512 is allowed and SHA-256 is not.</summary>
    public static TokenAlgorithm For(ChecksumAlgorithms allowed) =>
        !allowed.Allows(ChecksumAlgorithm.Sha256) && allowed.Allows(ChecksumAlgorithm.Sha512) ? TokenAlgorithm.HS512 : TokenAlgorithm.HS256;

    private static bool IsTimely(JsonObject claims, DateTimeOffset now)
    {
        const int leeway = 60;
        var seconds = now.ToUnixTimeSeconds();
        return IsTime("exp", out var until) && IsTime("nbf", out var from)
            && (until is null || seconds < until + leeway) && (from is null || seconds >= from - leeway);

        bool IsTime(string name, out double? time)
        {
            time = null;
            if (claims[name] is not { } claim) return true;
            if (claim.GetValueKind() != JsonValueKind.Number) return false;
            time = claim.GetValue<double>();
            return true;
        }
    }

    private static TokenAlgorithm? AlgorithmOf(string header) => Claims(header) is { } fields && fields["alg"] is JsonValue alg
        ? alg.ToString() switch
        {
            nameof(TokenAlgorithm.HS256) => TokenAlgorithm.HS256,
            nameof(TokenAlgorithm.HS512) => TokenAlgorithm.HS512,
            _ => null,
        }
        : null;

    /// <summary>A JSON object; null for anything else, a name that stands twice included.</summary>
    private static JsonObject? Claims(string part)
    {
        try
        {
            return Decode(part) is { } json
                ? JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Hmac(TokenAlgorithm algorithm, string secret, string text)
    {
        var (key, data) = (Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(text));
        return algorithm == TokenAlgorithm.HS512 ? HMACSHA512.HashData(key, data) : HMACSHA256.HashData(key, data);
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static byte[]? Decode(string part) => Base64Url.IsValid(part) ? Base64Url.DecodeFromChars(part) : null;
}

/// <summary>A token whose signature was right.</summary>
/// <param name="Claims">What it says.</param>
/// <param name="Secret">Which of the secrets signed it, from 0.</param>
public sealed record VerifiedToken(JsonObject Claims, int Secret)
{
    /// <summary>A claim that is a text; null for any other and where it is missing.</summary>
    public string? Text(string claim) => Claims[claim] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
