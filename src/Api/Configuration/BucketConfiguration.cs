using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Recordings in a bucket that speaks S3.</summary>
internal static class BucketConfiguration
{
    public static readonly Setting<bool> Used = SettingKinds.Boolean(
        "S3_RECORDING", "Recordings lie in a bucket, under `published/` and `unpublished/`, instead of in folders.");

    public static readonly Setting<string?> Name = SettingKinds.Optional<string>(
        "S3_BUCKET_NAME", "the name of a bucket: 3 to 63 lower-case letters, digits, `-` and `.`", "The bucket. S3_RECORDING needs it.", "school-recordings",
        text => text.Length is >= 3 and <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') ? text : Parsed<string?>.Wrong());

    public static readonly Setting<string?> Region = SettingKinds.Optional<string>(
        "AWS_REGION", "a region's name", "The bucket's region.", "eu-central-1", SecurityConfiguration.WithoutSpaces) with
    { Default = new BucketSettings().Region };

    public static readonly Setting<string?> BucketEndpoint = SettingKinds.Optional<string>(
        "AWS_ENDPOINT_URL_S3", "an http or https URL", "A server other than Amazon's, with the bucket in the path of its URLs.",
        "https://s3.example.org", Url);

    public static readonly Setting<string?> Endpoint = SettingKinds.Optional<string>(
        "AWS_ENDPOINT_URL", "an http or https URL", "Another name of AWS_ENDPOINT_URL_S3, which wins.", "https://s3.example.org", Url);

    public static readonly Setting<string?> AccessKeyId = SettingKinds.Optional<string>(
        "AWS_ACCESS_KEY_ID", "a text without spaces", "Where it is not set, the machine's own role and the files of Amazon's tools are asked.",
        "AKIAIOSFODNN7EXAMPLE", SecurityConfiguration.WithoutSpaces);

    public static readonly Setting<string?> SecretAccessKey = SettingKinds.Optional<string>(
        "AWS_SECRET_ACCESS_KEY", "a text without spaces", "Belongs to AWS_ACCESS_KEY_ID.", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        SecurityConfiguration.WithoutSpaces, isSecret: true);

    public static readonly Setting<string?> SessionToken = SettingKinds.Optional<string>(
        "AWS_SESSION_TOKEN", "a text without spaces", "Belongs to AWS_ACCESS_KEY_ID where that is a temporary one.", "IQoJb3JpZ2luX2VjEXAMPLE",
        SecurityConfiguration.WithoutSpaces, isSecret: true);

    public static IReadOnlyList<Setting> All => [Used, Name, Region, BucketEndpoint, Endpoint, AccessKeyId, SecretAccessKey, SessionToken];

    public static BucketSettings Read(SettingsReader reader)
    {
        var used = reader.Read(Used);
        if (used) reader.Require(Name, Used.Name);
        if (reader.IsSet(AccessKeyId)) reader.Require(SecretAccessKey, AccessKeyId.Name);
        if (reader.IsSet(SecretAccessKey) || reader.IsSet(SessionToken)) reader.Require(AccessKeyId, reader.IsSet(SecretAccessKey) ? SecretAccessKey.Name : SessionToken.Name);
        var endpoint = reader.Read(Endpoint);
        var defaults = new BucketSettings();
        return new BucketSettings
        {
            Used = used,
            Name = reader.Read(Name) ?? defaults.Name,
            Region = reader.Read(Region) ?? defaults.Region,
            Endpoint = reader.Read(BucketEndpoint) ?? endpoint,
            AccessKeyId = reader.Read(AccessKeyId),
            SecretAccessKey = reader.Read(SecretAccessKey),
            SessionToken = reader.Read(SessionToken),
        };
    }

    /// <summary>An http or https URL without a slash at its end.</summary>
    public static Parsed<string?> Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? text.TrimEnd('/')
            : Parsed<string?>.Wrong();
}
