using System.Security.Cryptography;
using System.Text;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>How recordings are played.</summary>
internal static class PlaybackConfiguration
{
    public static readonly Setting<bool> ProtectionEnabled = SettingKinds.Boolean(
        "PROTECTED_RECORDINGS_ENABLED", "Recordings can be protected, and those that are open only by a link that getRecordings gives.");

    public static readonly Setting<TimeSpan> TokenLife = SettingKinds.Minutes(
        "PROTECTED_RECORDINGS_TOKEN_TIMEOUT", 60, 1, 525_600, "How long a link to a protected recording opens it, in minutes.");

    public static readonly Setting<TimeSpan> CookieLife = SettingKinds.Minutes(
        "PROTECTED_RECORDINGS_TIMEOUT", 360, 1, 525_600, "How long a protected recording can be watched once it is open, in minutes.");

    public static readonly Setting<string?> AccelRedirect = SettingKinds.Optional<string>(
        "PLAYBACK_X_ACCEL_REDIRECT", "a path that begins with `/`",
        "The internal location of a web server in front that serves RECORDING_PUBLISH_DIR; where it is not set the process serves the files itself.",
        "/static-resource", text => text[0] == '/' && text.Length > 1 && !text.Any(char.IsWhiteSpace) ? text.TrimEnd('/') : Parsed<string?>.Wrong(),
        "Playback:AccelRedirect");

    public static readonly Setting<string?> PlayerFolder = SettingKinds.OptionalFolder(
        "PRESENTATION_PLAYER_DIR", "The files of bbb-playback, which plays the format presentation. Where it is not set a page says so.",
        "/usr/share/bigbluebutton/playback", "Playback:PlayerFolder");

    public static readonly Setting<string?> Locale = SettingKinds.Optional<string>(
        "DEFAULT_LOCALE", "a language tag", "The language of pages for people where theirs is not known.", "de",
        text => text.Length <= 35 && text.Split('-', '_').All(part => part.Length is >= 1 and <= 8 && part.All(char.IsAsciiLetterOrDigit)) ? text : Parsed<string?>.Wrong())
        with
    { Default = new PlaybackSettings().Locale };

    public static readonly Setting<string?> CloudFrontUrl = SettingKinds.Optional<string>(
        "CLOUDFRONT_URL", "an https URL, or a host name",
        "Published recordings are played from this CloudFront distribution, with signed cookies. Needs CF_KEY_PAIR_ID and CF_PRIVATE_KEY_B64.",
        "https://recordings.example.org", DistributionUrl);

    public static readonly Setting<string?> CloudFrontKeyPair = SettingKinds.Optional<string>(
        "CF_KEY_PAIR_ID", "a text without spaces", "The key pair that CloudFront's cookies are signed with.", "K2JCJMDEHXQW5F", SecurityConfiguration.WithoutSpaces);

    public static readonly Setting<string?> CloudFrontPrivateKey = SettingKinds.Optional<string>(
        "CF_PRIVATE_KEY_B64", "an RSA private key, PEM, in Base64: `base64 -w0 private_key.pem`", "Belongs to CF_KEY_PAIR_ID.",
        "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo…", Pem, isSecret: true);

    public static IReadOnlyList<Setting> All =>
    [
        ProtectionEnabled, TokenLife, CookieLife, AccelRedirect, PlayerFolder, Locale, CloudFrontUrl, CloudFrontKeyPair, CloudFrontPrivateKey,
    ];

    public static PlaybackSettings Read(SettingsReader reader)
    {
        if (reader.IsSet(CloudFrontUrl))
        {
            reader.Require(CloudFrontKeyPair, CloudFrontUrl.Name);
            reader.Require(CloudFrontPrivateKey, CloudFrontUrl.Name);
        }

        return new PlaybackSettings
        {
            ProtectionEnabled = reader.Read(ProtectionEnabled),
            TokenLife = reader.Read(TokenLife),
            CookieLife = reader.Read(CookieLife),
            AccelRedirect = reader.Read(AccelRedirect),
            PlayerFolder = reader.Read(PlayerFolder),
            Locale = reader.Read(Locale) ?? new PlaybackSettings().Locale,
            CloudFrontUrl = reader.Read(CloudFrontUrl),
            CloudFrontKeyPair = reader.Read(CloudFrontKeyPair),
            CloudFrontPrivateKey = reader.Read(CloudFrontPrivateKey),
        };
    }

    private static Parsed<string?> DistributionUrl(string text) =>
        BucketConfiguration.Url(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}");

    private static Parsed<string?> Pem(string text)
    {
        try
        {
            var pem = Encoding.ASCII.GetString(Convert.FromBase64String(text));
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return pem;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or CryptographicException)
        {
            return Parsed<string?>.Wrong("it is no such key");
        }
    }
}
