using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Playback;

/// <summary>
/// Links that open what not everybody may open, for a while and as often as they are used: protected recordings
/// (<c>/recording/{recordID}/{format}?token=…</c>) and text tracks (<c>/captions/{token}/{recordID}/{kind}_{lang}.vtt</c>).
/// Making one asks and writes nothing.
/// </summary>
internal sealed class ProtectedLinks(LinkTokens tokens, PlaybackSettings settings)
{
    private const string OpenRecording = "recording";
    private const string OpenCaptions = "captions";

    private static readonly TimeSpan CaptionLife = TimeSpan.FromHours(1);

    /// <summary>Where the request came to: <c>https://bbb.example.org</c>, with its port where it names one.</summary>
    public static string OriginOf(HttpRequest request) => $"{request.Scheme}://{request.Host.Value}";

    /// <summary>The link to a format of a protected recording, usable for PROTECTED_RECORDINGS_TOKEN_TIMEOUT.</summary>
    /// <param name="origin">As <see cref="OriginOf"/> gives it.</param>
    /// <param name="tenantId">Of the recording; empty without tenants.</param>
    public string LinkOf(string origin, string tenantId, string recordId, string format) =>
        $"{origin}/recording/{recordId}/{format}?token={tokens.Make(settings.TokenLife, OpenRecording, tenantId, recordId, format)}";

    /// <summary>What a token in such a link is worth.</summary>
    public LinkVerdict Verify(string? token, string tenantId, string recordId, string format) =>
        tokens.Verify(token, OpenRecording, tenantId, recordId, format);

    /// <summary>The link to a recording's text track, usable for an hour.</summary>
    /// <param name="origin">As <see cref="OriginOf"/> gives it.</param>
    /// <param name="tenantId">Of the recording; empty without tenants.</param>
    /// <param name="kind"><c>captions</c> or <c>subtitles</c>.</param>
    /// <param name="lang">A language tag: <c>en-US</c>.</param>
    public string CaptionsOf(string origin, string tenantId, string recordId, string kind, string lang) =>
        $"{origin}/captions/{tokens.Make(CaptionLife, OpenCaptions, tenantId, recordId, kind, lang)}/{recordId}/{kind}_{lang}.vtt";

    /// <summary>What a token in such a link is worth.</summary>
    public LinkVerdict VerifyCaptions(string? token, string tenantId, string recordId, string kind, string lang) =>
        tokens.Verify(token, OpenCaptions, tenantId, recordId, kind, lang);
}
