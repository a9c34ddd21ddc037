using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Configuration;

public sealed class RecordingSettingsTests
{
    /// <summary>What CF_PRIVATE_KEY_B64 may be.</summary>
    internal static string PrivateKey()
    {
        using var key = RSA.Create(2048);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportRSAPrivateKeyPem()));
    }

    [Fact]
    public void The_folders_formats_and_times_of_a_Scalelite_host_are_read()
    {
        var settings = Right(new()
        {
            ["RECORDING_SPOOL_DIR"] = "/srv/spool/",
            ["RECORDING_WORK_DIR"] = "/srv/work",
            ["RECORDING_PUBLISH_DIR"] = "/srv/published",
            ["RECORDING_UNPUBLISH_DIR"] = "/srv/unpublished",
            ["RECORDING_IMPORT_POLL"] = "false",
            ["RECORDING_IMPORT_POLL_INTERVAL"] = "5",
            ["RECORDING_IMPORT_UNPUBLISHED"] = "true",
            ["RECORDING_PLAYBACK_FORMATS"] = "video:presentation:video",
            ["RECORDING_RETENTION_DAYS"] = "30",
            ["GET_RECORDINGS_API_FILTERED"] = "true",
            ["PROTECTED_RECORDINGS_ENABLED"] = "true",
            ["PROTECTED_RECORDINGS_TOKEN_TIMEOUT"] = "5",
            ["PROTECTED_RECORDINGS_TIMEOUT"] = "90",
            ["DEFAULT_LOCALE"] = "pt-BR",
        });

        Assert.Equal(("/srv/spool", "/srv/work"), (settings.Imports.SpoolFolder, settings.Imports.WorkFolder));
        Assert.Equal((true, false, 5.0, true), (settings.Imports.Enabled, settings.Imports.Polls, settings.Imports.PollInterval.TotalSeconds, settings.Imports.Unpublished));
        Assert.Equal(("/srv/published", "/srv/unpublished"), (settings.Recordings.PublishFolder, settings.Recordings.UnpublishFolder));
        Assert.Equal(["video", "presentation"], settings.Recordings.PlaybackFormats!);
        Assert.Equal(30, settings.Recordings.Retention!.Value.TotalDays);
        Assert.True(settings.Recordings.FilterRequired);
        Assert.Equal((true, 5.0, 90.0), (settings.Playback.ProtectionEnabled, settings.Playback.TokenLife.TotalMinutes, settings.Playback.CookieLife.TotalMinutes));
        Assert.Equal("pt-BR", settings.Playback.Locale);
    }

    [Theory]
    [InlineData("RECORDING_DISABLED")]
    [InlineData("DB_DISABLED")]
    public void Either_name_switches_recordings_off(string name)
    {
        var settings = Right(new() { [name] = "true" });

        Assert.True(settings.Recordings.Disabled);
        Assert.Empty(RecordingFolders.Notices(settings));
    }

    [Fact]
    public void A_bucket_has_a_name_and_its_keys_come_in_pairs()
    {
        Assert.StartsWith("S3_BUCKET_NAME is not set", Assert.Single(Read(new() { ["S3_RECORDING"] = "true" }).Problems), StringComparison.Ordinal);
        Assert.StartsWith("AWS_SECRET_ACCESS_KEY is not set", Assert.Single(Read(new() { ["AWS_ACCESS_KEY_ID"] = "id" }).Problems), StringComparison.Ordinal);
        Assert.StartsWith("AWS_ACCESS_KEY_ID is not set", Assert.Single(Read(new() { ["AWS_SECRET_ACCESS_KEY"] = "key" }).Problems), StringComparison.Ordinal);

        var bucket = Right(new()
        {
            ["S3_RECORDING"] = "true",
            ["S3_BUCKET_NAME"] = "recordings",
            ["AWS_ENDPOINT_URL"] = "https://all.example.org",
            ["AWS_ENDPOINT_URL_S3"] = "https://s3.example.org/",
            ["AWS_REGION"] = "eu-west-1",
        }).Bucket;
        Assert.Equal((true, "recordings", "https://s3.example.org", "eu-west-1"), (bucket.Used, bucket.Name, bucket.Endpoint, bucket.Region));
    }

    [Fact]
    public void CloudFront_needs_a_key_that_signs()
    {
        var without = Read(new() { ["CLOUDFRONT_URL"] = "https://cdn.example.org" }).Problems;
        Assert.Equal(["CF_KEY_PAIR_ID", "CF_PRIVATE_KEY_B64"], without.Select(problem => problem.Split(' ')[0]));

        var wrong = Read(new() { ["CLOUDFRONT_URL"] = "https://cdn.example.org", ["CF_KEY_PAIR_ID"] = "K1", ["CF_PRIVATE_KEY_B64"] = "aHVudGVyMg==" });
        var problem = Assert.Single(wrong.Problems);
        Assert.StartsWith("CF_PRIVATE_KEY_B64 has a value that cannot be right", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVudGVyMg", problem, StringComparison.Ordinal);

        var playback = Right(new() { ["CLOUDFRONT_URL"] = "cdn.example.org/", ["CF_KEY_PAIR_ID"] = "K1", ["CF_PRIVATE_KEY_B64"] = PrivateKey() }).Playback;
        Assert.Equal("https://cdn.example.org", playback.CloudFrontUrl);
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", playback.CloudFrontPrivateKey, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RECORDING_PUBLISH_DIR", "published")]
    [InlineData("RECORDING_PLAYBACK_FORMATS", "presentation:../video")]
    [InlineData("RECORDING_RETENTION_DAYS", "0")]
    [InlineData("RECORDING_ARCHIVE_MAX_BYTES", "1GB")]
    [InlineData("RECORDING_IMPORTERS", "0")]
    [InlineData("S3_BUCKET_NAME", "My Bucket")]
    [InlineData("AWS_ENDPOINT_URL_S3", "s3.example.org")]
    [InlineData("PLAYBACK_X_ACCEL_REDIRECT", "static")]
    [InlineData("DEFAULT_LOCALE", "../de")]
    [InlineData("CALLBACK_ALLOW", "10.0.0.0/40")]
    [InlineData("CALLBACK_RETRY_FOR", "-1")]
    public void What_cannot_be_right_is_refused(string name, string text)
    {
        var problem = Assert.Single(Read(new() { [name] = text }).Problems);
        Assert.StartsWith($"{name} is '{text}'", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RECORDING_UNPUBLISH_DIR", "/var/bigbluebutton/published")]
    [InlineData("RECORDING_UNPUBLISH_DIR", "/var/bigbluebutton/published/hidden/")]
    [InlineData("RECORDING_UNPUBLISH_DIR", "/var/bigbluebutton")]
    [InlineData("RECORDING_SPOOL_DIR", "/var/bigbluebutton/published/../published/spool")]
    public void No_folder_may_hold_what_another_must_not_show(string name, string folder) =>
        Assert.StartsWith(name, Assert.Single(Read(new() { [name] = folder }).Problems), StringComparison.Ordinal);

    [Fact]
    public void Without_a_spool_nothing_is_imported_and_one_line_says_so()
    {
        var nowhere = new Settings { Imports = new ImportSettings { Enabled = false, SpoolFolder = "/nowhere" } };
        Assert.Contains("RECORDING_SPOOL_DIR is not set", Assert.Single(RecordingFolders.Notices(nowhere)), StringComparison.Ordinal);

        var given = Right(new() { ["RECORDING_SPOOL_DIR"] = "/nowhere/spool", ["RECORDING_PUBLISH_DIR"] = "/nowhere/p", ["RECORDING_UNPUBLISH_DIR"] = "/nowhere/u" });
        Assert.True(given.Imports.Enabled);
        Assert.Equal(
            ["RECORDING_SPOOL_DIR", "RECORDING_PUBLISH_DIR", "RECORDING_UNPUBLISH_DIR"], RecordingFolders.Notices(given).Select(line => line.Split(':')[0]));
    }

    private static Settings Right(Dictionary<string, string?> values)
    {
        var reading = Read(values);
        Assert.Empty(reading.Problems);
        return reading.Settings!;
    }

    private static SettingsReading Read(Dictionary<string, string?> values) =>
        SettingsReading.From(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), Needs.Nothing);
}
