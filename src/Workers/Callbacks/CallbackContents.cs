using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Domain.Callbacks;

namespace Scalelite.Workers.Callbacks;

/// <summary>What callbacks say (<c>bbb-api.md §5</c>).</summary>
internal static class CallbackContents
{
    /// <summary>A client that verifies who calls does so with the secret that it signed its create with.</summary>
    public static bool IsSigned(CallbackKind kind) => kind is not CallbackKind.MeetingEnded;

    /// <summary>What it says stands in table <c>secret</c>, since it cannot be made anew.</summary>
    public static bool HasBody(CallbackKind kind) => kind is CallbackKind.Analytics or CallbackKind.Hook;

    /// <summary>The request of a callback.</summary>
    /// <param name="body">As it was registered; null where the callback has none of its own.</param>
    /// <param name="secret">Signs it, where it is signed.</param>
    /// <param name="algorithms">Analytics is signed with HS512 always.</param>
    public static CallbackRequest Of(ClaimedCallback callback, Uri url, string? body, string secret, CallbackAlgorithms algorithms, DateTimeOffset now) =>
        callback.Kind switch
        {
            CallbackKind.RecordingReady => RecordingReady(url, callback.MeetingId, callback.RecordId ?? "", secret, algorithms.RecordingReady),
            CallbackKind.Analytics => Analytics(url, body ?? "{}", secret, now),
            CallbackKind.MeetingEnded => new CallbackRequest(HttpMethod.Get, url),
            CallbackKind.Hook => Hook(url, body ?? "", secret, algorithms.Hook),
            _ => throw new InvalidOperationException($"A callback of kind {callback.Kind} is not sent here"),
        };

    /// <summary>A form with one field, <c>signed_parameters</c>: a token that names the meeting and the recording.</summary>
    private static CallbackRequest RecordingReady(Uri url, string meetingId, string recordId, string secret, TokenAlgorithm algorithm)
    {
        var token = JsonWebToken.Sign(algorithm, secret, new JsonObject { ["meeting_id"] = meetingId, ["record_id"] = recordId });
        return new CallbackRequest(HttpMethod.Post, url)
        {
            Body = Encoding.ASCII.GetBytes($"signed_parameters={token}"),
            ContentType = "application/x-www-form-urlencoded",
        };
    }

    /// <summary>The node's form, with <c>checksum=H(callbackURL + body + secret)</c> added to the URL, which is signed as the client gave it.</summary>
    private static CallbackRequest Hook(Uri url, string form, string secret, ChecksumAlgorithm algorithm)
    {
        var checksum = Checksum.Compute(algorithm, url.OriginalString, form, secret);
        var joint = url.Query.Length == 0 ? '?' : '&';
        return new CallbackRequest(HttpMethod.Post, new Uri($"{url.OriginalString}{joint}checksum={checksum}"))
        {
            Body = Encoding.UTF8.GetBytes(form),
            ContentType = "application/x-www-form-urlencoded;charset=UTF-8",
        };
    }

    /// <summary>The node's JSON, with a bearer token that is good for a day.</summary>
    private static CallbackRequest Analytics(Uri url, string json, string secret, DateTimeOffset now) => new(HttpMethod.Post, url)
    {
        Body = Encoding.UTF8.GetBytes(json),
        ContentType = "application/json",
        Authorization = string.Create(CultureInfo.InvariantCulture, $"Bearer {JsonWebToken.Sign(
            TokenAlgorithm.HS512, secret, new JsonObject { ["exp"] = now.AddDays(1).ToUnixTimeSeconds() })}"),
        UserAgent = "BigBlueButton Analytics Callback",
    };
}

/// <summary>What callbacks are signed by, where that can differ.</summary>
internal sealed record CallbackAlgorithms(TokenAlgorithm RecordingReady, ChecksumAlgorithm Hook);
