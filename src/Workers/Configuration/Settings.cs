using System.Net;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Workers.Configuration;

/// <summary>
/// Everything that an operator can set, read once at the start and never changed. The defaults are those of
/// <c>docs/configuration.md</c>, so that a test says only what it means.
/// </summary>
public sealed record Settings
{
    /// <summary>Secrets and checksums.</summary>
    public SecuritySettings Security { get; init; } = new();

    /// <summary>The admin API.</summary>
    public AdminSettings Admin { get; init; } = new();

    /// <summary>The settings that were given, as they were given, by name; those that are secrets without their value.</summary>
    public IReadOnlyDictionary<string, string?> Given { get; init; } = new Dictionary<string, string?>();

    /// <summary>How nodes are called.</summary>
    public NodeSettings Nodes { get; init; } = new();

    /// <summary>Polling and health.</summary>
    public PollingSettings Polling { get; init; } = new();

    /// <summary>Load and the choice of a server.</summary>
    public PlacementSettings Placement { get; init; } = new();

    /// <summary>The calls about meetings.</summary>
    public MeetingSettings Meetings { get; init; } = new();

    /// <summary>Parameters that are added to or taken from the clients' calls.</summary>
    public ParameterSettings Parameters { get; init; } = new();

    /// <summary>The numbers that callers key in.</summary>
    public VoiceBridgeSettings VoiceBridges { get; init; } = new();

    /// <summary>What a FreeSWITCH in front of the pool is told.</summary>
    public DialInSettings DialIn { get; init; } = new();

    /// <summary>Tenants.</summary>
    public MultitenancySettings Multitenancy { get; init; } = new();

    /// <summary>Recordings: where they lie, what is listed, how long they are kept.</summary>
    public RecordingSettings Recordings { get; init; } = new();

    /// <summary>How archives become recordings.</summary>
    public ImportSettings Imports { get; init; } = new();

    /// <summary>Recordings in a bucket instead of folders.</summary>
    public BucketSettings Bucket { get; init; } = new();

    /// <summary>How recordings are played.</summary>
    public PlaybackSettings Playback { get; init; } = new();

    /// <summary>Calls that clients are owed.</summary>
    public CallbackSettings Callbacks { get; init; } = new();

    /// <summary>How long the history is kept in detail.</summary>
    public KeepingSettings Keeping { get; init; } = new();

    /// <summary>Where and for whom the process listens.</summary>
    public HttpSettings Http { get; init; } = new();

    /// <summary>PostgreSQL.</summary>
    public DatabaseSettings Database { get; init; } = new();

    /// <summary>The sealing of the log.</summary>
    public AuditSettings Audit { get; init; } = new();

    /// <summary>What is written to the console.</summary>
    public LoggingSettings Logging { get; init; } = new();
}

/// <summary>Secrets and checksums.</summary>
public sealed record SecuritySettings
{
    /// <summary>The secrets that clients may sign with: LOADBALANCER_SECRET first, then LOADBALANCER_SECRETS.</summary>
    public IReadOnlyList<string> LoadBalancerSecrets { get; init; } = [];

    /// <summary>LOADBALANCER_CHECKSUM_ALGORITHM: what clients may sign with.</summary>
    public ChecksumAlgorithms AllowedAlgorithms { get; init; } = ChecksumAlgorithms.All;

    /// <summary>What calls to nodes are signed with: the strongest allowed one, SHA256 where nothing is set.</summary>
    public ChecksumAlgorithm OutgoingAlgorithm { get; init; } = ChecksumAlgorithm.Sha256;

    /// <summary>SECRET_KEY_BASE: the keys that seal secrets are derived from it.</summary>
    public string SecretKeyBase { get; init; } = "";

    /// <summary>RETIRED_SECRET_DAYS: how long a removed server's secret stays valid for uploads and analytics.</summary>
    public TimeSpan RetiredSecrets { get; init; } = TimeSpan.FromDays(14);
}

/// <summary>The admin API, <c>/scalelite/api</c>.</summary>
public sealed record AdminSettings
{
    /// <summary>What its calls are signed with: LOADBALANCER_ADMIN_SECRET, else LOADBALANCER_SECRET; null where neither is set, and nobody may call.</summary>
    public string? Secret { get; init; }

    /// <summary>ADMIN_API_REQUIRES_BODY_HASH: a POST without <c>bodyHash</c> is refused.</summary>
    public bool RequiresBodyHash { get; init; }

    /// <summary>ADMIN_API_SHOWS_SECRETS: answers show the nodes' secrets.</summary>
    public bool ShowsSecrets { get; init; }

    /// <summary>ADMIN_API_RATE: calls of <c>/admin/api/v1</c> that a token may make in a minute, to one process.</summary>
    public int Rate { get; init; } = 600;
}

/// <summary>How nodes are called.</summary>
public sealed record NodeSettings
{
    /// <summary>CONNECT_TIMEOUT: until the connection to a node stands.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>RESPONSE_TIMEOUT: longest silence of a node in a call; not the whole call.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortened connect timeout for suspect and offline servers: a tenth, not below 0.2 s.</summary>
    public TimeSpan ShortConnectTimeout => Shortened(ConnectTimeout, 0.2);

    /// <summary>The shortened response timeout for suspect and offline servers: a tenth, not below 0.5 s.</summary>
    public TimeSpan ShortResponseTimeout => Shortened(ResponseTimeout, 0.5);

    /// <summary>NODE_CONNECTIONS: connections to one node at most, so that a dead one holds nothing that another needs.</summary>
    public int ConnectionsPerNode { get; init; } = 32;

    /// <summary>SERVER_ID_IS_HOSTNAME: a server's id is its host name instead of a UUID.</summary>
    public bool ServerIdIsHostName { get; init; }

    private static TimeSpan Shortened(TimeSpan timeout, double floor) =>
        TimeSpan.FromSeconds(Math.Min(timeout.TotalSeconds, Math.Max(timeout.TotalSeconds / 10, floor)));
}

/// <summary>Polling and health.</summary>
public sealed record PollingSettings
{
    /// <summary>POLL_INTERVAL: from the start of one poll of a server to that of the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>POLLER_THREADS: polls in flight in one process.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>SERVER_UNHEALTHY_THRESHOLD: failed polls in a row until a server is offline.</summary>
    public int UnhealthyThreshold { get; init; } = 2;

    /// <summary>SERVER_HEALTHY_THRESHOLD: good polls in a row until a server is online.</summary>
    public int HealthyThreshold { get; init; } = 1;
}

/// <summary>Load and the choice of a server.</summary>
public sealed record PlacementSettings
{
    /// <summary>PLACEMENT_POLICY: <c>least-load</c>, <c>scalelite</c>, <c>round-robin</c> or <c>two-choices</c>.</summary>
    public string Policy { get; init; } = "least-load";

    /// <summary>LOAD_MIN_USER_COUNT: users that a young meeting counts as at least.</summary>
    public int MinimumUsers { get; init; } = 15;

    /// <summary>LOAD_JOIN_BUFFER_TIME: how long a meeting is young.</summary>
    public TimeSpan JoinBuffer { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>UNTAGGED_MAY_USE_TAGGED: an untagged create takes a tagged server when no untagged one is available.</summary>
    public bool UntaggedMayUseTagged { get; init; }

    /// <summary>CREATE_DEADLINE: when a create's caller has an answer at the latest.</summary>
    public TimeSpan CreateDeadline { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>MOVE_AFTER: how long a server must have been offline before its meetings may move.</summary>
    public TimeSpan MoveAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>MOVED_COPIES=end: the copy that a returning server still has is ended at once, with those inside.</summary>
    public bool EndsMovedCopies { get; init; }
}

/// <summary>The calls about meetings.</summary>
public sealed record MeetingSettings
{
    /// <summary>MAX_MEETING_DURATION: longest duration that a create may ask for; null means no limit.</summary>
    public TimeSpan? MaximumDuration { get; init; }

    /// <summary>GET_MEETINGS_API_DISABLED: getMeetings answers <c>noMeetings</c>.</summary>
    public bool GetMeetingsDisabled { get; init; }

    /// <summary>BUILD_NUMBER: shown in the root answer; null leaves it out.</summary>
    public string? BuildNumber { get; init; }
}

/// <summary>Parameters that are added to or taken from the clients' calls, in the order in which they were given.</summary>
public sealed record ParameterSettings
{
    /// <summary>DEFAULT_CREATE_PARAMS: a client's value wins.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> DefaultCreate { get; init; } = [];

    /// <summary>OVERRIDE_CREATE_PARAMS: wins over a client's value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OverrideCreate { get; init; } = [];

    /// <summary>DEFAULT_JOIN_PARAMS: a client's value wins.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> DefaultJoin { get; init; } = [];

    /// <summary>OVERRIDE_JOIN_PARAMS: wins over a client's value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OverrideJoin { get; init; } = [];

    /// <summary>CREATE_EXCLUDE_PARAMS: a client's value is dropped.</summary>
    public IReadOnlyList<string> CreateExclude { get; init; } = [];

    /// <summary>JOIN_EXCLUDE_PARAMS: a client's value is dropped.</summary>
    public IReadOnlyList<string> JoinExclude { get; init; } = [];
}

/// <summary>The numbers that callers key in.</summary>
public sealed record VoiceBridgeSettings
{
    /// <summary>VOICE_BRIDGE_LEN: digits of a number that is made here.</summary>
    public int Length { get; init; } = 9;

    /// <summary>USE_EXTERNAL_VOICE_BRIDGE: a client's number is used unless another meeting has it.</summary>
    public bool UsesExternal { get; init; }
}

/// <summary>Tenants.</summary>
public sealed record MultitenancySettings
{
    /// <summary>MULTITENANCY_ENABLED: each request belongs to a tenant.</summary>
    public bool Enabled { get; init; }
}

/// <summary>Where and for whom the process listens.</summary>
public sealed record HttpSettings
{
    /// <summary>PORT and BIND as one address for Kestrel: <c>http://0.0.0.0:3000</c> or <c>http://unix:/run/scalelite.sock</c>.</summary>
    public string Listen { get; init; } = "http://0.0.0.0:3000";

    /// <summary>URL_HOST: the host name that clients use; calls to another one are refused. Null allows every one.</summary>
    public string? Host { get; init; }

    /// <summary>PUBLIC_URL without a slash at its end; null where it is not set.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Where nodes and clients reach us, as far as the settings say: PUBLIC_URL, else <c>https://{URL_HOST}</c>; null where neither is set.</summary>
    public string? KnownPublicUrl => PublicUrl ?? (Host is null ? null : $"https://{Host}");

    /// <summary>METRICS_TOKEN: who knows it may read /metrics; null switches that off.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>TRUSTED_PROXIES: whose X-Forwarded-… headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
}

/// <summary>PostgreSQL.</summary>
public sealed record DatabaseSettings
{
    /// <summary>DATABASE_URL as Npgsql reads it, with PREPARED_STATEMENT applied; null where it is not set.</summary>
    public string? ConnectionString { get; init; }
}

/// <summary>How much is written to the console.</summary>
public enum LogLevelName
{
    /// <summary>Everything, Debug included.</summary>
    Debug,

    /// <summary>What a person wants to follow.</summary>
    Info,

    /// <summary>What may need attention.</summary>
    Warn,

    /// <summary>What failed.</summary>
    Error,

    /// <summary>What stops the process.</summary>
    Fatal,
}

/// <summary>What is written to the console.</summary>
public sealed record LoggingSettings
{
    /// <summary>RAILS_LOG_LEVEL: the least that is written.</summary>
    public LogLevelName Level { get; init; } = LogLevelName.Info;

    /// <summary>LOG_FORMAT=json: one JSON object a line, for a program.</summary>
    public bool Json { get; init; }
}
