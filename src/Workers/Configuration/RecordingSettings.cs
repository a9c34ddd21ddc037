using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Workers.Configuration;

/// <summary>Recordings: where they lie, what is listed, how long they are kept.</summary>
public sealed record RecordingSettings
{
    /// <summary>RECORDING_DISABLED or DB_DISABLED: there are no recordings.</summary>
    public bool Disabled { get; init; }

    /// <summary>GET_RECORDINGS_API_FILTERED: getRecordings needs a meetingID or a recordID.</summary>
    public bool FilterRequired { get; init; }

    /// <summary>RECORDING_PUBLISH_DIR: <c>{format}/{recordID}</c> of published recordings.</summary>
    public string PublishFolder { get; init; } = "/var/bigbluebutton/published";

    /// <summary>RECORDING_UNPUBLISH_DIR: <c>{format}/{recordID}</c> of unpublished recordings.</summary>
    public string UnpublishFolder { get; init; } = "/var/bigbluebutton/unpublished";

    /// <summary>RECORDING_PLAYBACK_FORMATS: the formats that are listed, in this order; null lists all.</summary>
    public IReadOnlyList<string>? PlaybackFormats { get; init; }

    /// <summary>RECORDING_RETENTION_DAYS: recordings that ended longer ago are deleted; null keeps them.</summary>
    public TimeSpan? Retention { get; init; }
}

/// <summary>How archives become recordings.</summary>
public sealed record ImportSettings
{
    /// <summary>Whether there is a spool: RECORDING_SPOOL_DIR is set, or its default exists. Else nothing is imported, uploads included.</summary>
    public bool Enabled { get; init; }

    /// <summary>RECORDING_SPOOL_DIR: where archives appear.</summary>
    public string SpoolFolder { get; init; } = "/var/bigbluebutton/spool";

    /// <summary>RECORDING_WORK_DIR: where archives are unpacked whose target is a bucket; a folder within it for each import.</summary>
    public string WorkFolder { get; init; } = "/var/bigbluebutton/recording/scalelite";

    /// <summary>RECORDING_IMPORT_POLL: the spool is looked at in an interval, beside the directory's events.</summary>
    public bool Polls { get; init; } = true;

    /// <summary>RECORDING_IMPORT_POLL_INTERVAL.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>RECORDING_IMPORT_UNPUBLISHED: new recordings come in unpublished.</summary>
    public bool Unpublished { get; init; }

    /// <summary>RECORDING_IMPORTERS: archives that one process works on at a time.</summary>
    public int InFlight { get; init; } = 2;

    /// <summary>RECORDING_WAIT_DAYS: how long the archive of a meeting that was to be recorded is waited for before its server can go.</summary>
    public TimeSpan ArchiveWait { get; init; } = TimeSpan.FromDays(3);

    /// <summary>RECORDING_ARCHIVE_MAX_FILES: more files in an archive are refused.</summary>
    public int MostFiles { get; init; } = 100_000;

    /// <summary>RECORDING_ARCHIVE_MAX_BYTES: more bytes, unpacked, are refused.</summary>
    public long MostBytes { get; init; } = 100L << 30;
}

/// <summary>Recordings in a bucket that speaks S3, instead of folders.</summary>
public sealed record BucketSettings
{
    /// <summary>S3_RECORDING: recordings lie in a bucket.</summary>
    public bool Used { get; init; }

    /// <summary>S3_BUCKET_NAME.</summary>
    public string Name { get; init; } = "";

    /// <summary>AWS_REGION.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL: a server other than Amazon's; null for Amazon's.</summary>
    public string? Endpoint { get; init; }

    /// <summary>AWS_ACCESS_KEY_ID; null leaves it to what the machine provides.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>AWS_SECRET_ACCESS_KEY.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>AWS_SESSION_TOKEN.</summary>
    public string? SessionToken { get; init; }
}

/// <summary>How recordings are played.</summary>
public sealed record PlaybackSettings
{
    /// <summary>PROTECTED_RECORDINGS_ENABLED: recordings can be protected, and those that are need a token.</summary>
    public bool ProtectionEnabled { get; init; }

    /// <summary>PROTECTED_RECORDINGS_TOKEN_TIMEOUT: how long a link to a protected recording opens it.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>PROTECTED_RECORDINGS_TIMEOUT: how long a protected recording, once opened, can be watched.</summary>
    public TimeSpan CookieLife { get; init; } = TimeSpan.FromMinutes(360);

    /// <summary>PLAYBACK_X_ACCEL_REDIRECT: the location of a web server in front that serves the files: <c>/static-resource</c>; null serves them here.</summary>
    public string? AccelRedirect { get; init; }

    /// <summary>PRESENTATION_PLAYER_DIR: the static files of the presentation player; null where there is none.</summary>
    public string? PlayerFolder { get; init; }

    /// <summary>DEFAULT_LOCALE: the language of pages for people where theirs is not known.</summary>
    public string Locale { get; init; } = "en";

    /// <summary>CLOUDFRONT_URL: published recordings are played from there; null serves them here.</summary>
    public string? CloudFrontUrl { get; init; }

    /// <summary>CF_KEY_PAIR_ID.</summary>
    public string? CloudFrontKeyPair { get; init; }

    /// <summary>CF_PRIVATE_KEY_B64, decoded: a PEM.</summary>
    public string? CloudFrontPrivateKey { get; init; }
}

/// <summary>Calls that clients are owed.</summary>
public sealed record CallbackSettings
{
    /// <summary>END_CALLBACK=relay: nodes call us when meetings end, and we call whom the clients named; else they call them themselves.</summary>
    public bool RelaysEnds { get; init; } = true;

    /// <summary>HOOKS=relay: nodes call us with the events of hooks, and we call the clients; else they call them themselves.</summary>
    public bool RelaysHooks { get; init; } = true;

    /// <summary>HOOKS_CHECKSUM_ALGORITHM: what the events of hooks are signed by.</summary>
    public ChecksumAlgorithm HookChecksum { get; init; } = ChecksumAlgorithm.Sha1;

    /// <summary>CALLBACK_DENY_PRIVATE: URLs that lead to private addresses are not called.</summary>
    public bool DenyPrivate { get; init; }

    /// <summary>CALLBACK_ALLOW: hosts and networks that are called although they would be denied.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>CALLBACK_TIMEOUT: the longest a call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>CALLBACK_RETRY_FOR: how long a call is tried again.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromHours(24);
}
