using System.Text;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>
/// Every deliberate difference from Scalelite 1.8. The table of <c>docs/migration.md</c> is written from it, and a process that serves says at
/// its start those that its environment would feel. What Scalelite does not have at all is no difference.
/// </summary>
internal static class Differences
{
    private static readonly string[] PrivateNetworks =
        ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"];

    // Scalelite takes an empty text for 0, or for an empty list.
    private static readonly Setting[] NotEmptyWithScalelite =
    [
        PlacementConfiguration.MinimumUsers, PlacementConfiguration.JoinBuffer, PollingConfiguration.Unhealthy, PollingConfiguration.Healthy,
        NodeConfiguration.ConnectTimeout, NodeConfiguration.ResponseTimeout, RecordingConfiguration.PlaybackFormats,
        PlaybackConfiguration.TokenLife, PlaybackConfiguration.CookieLife, VoiceBridgeConfiguration.Length,
    ];

    /// <summary>All of them, in the page's order.</summary>
    public static IReadOnlyList<Difference> All { get; } =
    [
        // Where meetings run, and how long.
        new("placement",
            "a create adds 1 to a server's load and a join 1; polls overwrite that, and count moderators twice",
            "a create reserves LOAD_MIN_USER_COUNT users until a poll has seen them, and a user counts once, so that creates at one moment spread",
            [$"{PlacementConfiguration.Policy.Name}=scalelite"], Felt: given => given.LeavesOpen(PlacementConfiguration.Policy)),
        new("a node that takes no create",
            "the client gets the error, and the meetingID stays with the node that is away",
            "the next server is asked, within CREATE_DEADLINE", []),
        new("a server that is away",
            "after SERVER_UNHEALTHY_THRESHOLD failed polls its meetings are ended where it can be reached, and forgotten",
            "it gets no new meetings after its first failed poll; its meetings stay where they are until a create of one comes and the server has been offline for MOVE_AFTER (60 s)",
            [$"{PlacementConfiguration.MoveAfter.Name}=0", $"{PlacementConfiguration.MovedCopies.Name}=end"], "the nearest to it",
            given => given.IsScalelites && given.Has(PollingConfiguration.Unhealthy) && !given.Has(PlacementConfiguration.MoveAfter)),
        new("how long a meeting is known", "DEFAULT_MEETING_TTL, 24 hours, then it is created a second time", "until it ends; DEFAULT_MEETING_TTL is ignored", []),
        new("getMeetings", "fails when an online node fails", "that node's meetings are shown as its last poll saw them", []),
        new("a cordoned server", "is disabled when its load is 0, also with meetings that nobody counts", "is disabled when its last meeting is gone", []),
        new("a node that refuses our checksum", "the client gets the node's checksumError", "a failure of that node; the client never sees it", []),

        // What clients may send.
        new("parameters in a form's body", "count, although no checksum covers them", "only what the checksum covers counts", []),
        new("moderatorPW", "a create without one gets a random one", "nothing is added to a create", []),
        new("metas of the balancer's own", "updateRecordings takes a tenant-id, and the recording is that tenant's", "no call of a client sets, changes or removes tenant-id, tenant-name, server-tag and secret-lrs-payload of a meeting or a recording", []),
        new("MAX_MEETING_DURATION", "OVERRIDE_CREATE_PARAMS can set a longer duration, or none", "it is applied last, and nothing exceeds it", [],
            Felt: given => given.Settings.Meetings.MaximumDuration is not null
                && given.AnyHolds(@"(^|,)\s*duration=", ParameterConfiguration.DefaultCreate, ParameterConfiguration.OverrideCreate)),
        new("a backslash before a comma", "is part of the value, and the comma ends it", @"`\,` is a comma within the value, in DEFAULT_… and OVERRIDE_…_PARAMS",
            [], Felt: given => given.AnyHolds(
                @"\\,", ParameterConfiguration.DefaultCreate, ParameterConfiguration.OverrideCreate, ParameterConfiguration.DefaultJoin, ParameterConfiguration.OverrideJoin)),

        // Tenants.
        new("one meetingID in two tenants", "is one meeting, or notFound for the second", "is two meetings, on two servers; with one server the second create is idNotUnique", [],
            Felt: given => given.IsScalelites && given.Settings.Multitenancy.Enabled),
        new("names of tenants", "may be taken twice, the last one counts; any text", "are unique, and a label of a host name: lower-case letters, digits and hyphens", []),

        // Recordings.
        new("several metas in getRecordings", "a recording with any of them is listed", "as BigBlueButton does: a recording with all of them; `%` at an end is a wildcard", []),
        new("links to protected recordings", "open once", "open until PROTECTED_RECORDINGS_TOKEN_TIMEOUT, so that a prefetch or a second click locks nobody out", [],
            Felt: given => given.IsScalelites && given.Settings.Playback.ProtectionEnabled),
        new("updateRecordings with protect", "changes the first of several recordings", "changes all of them", []),
        new("formats that are listed", "presentation, video, screenshare, podcast, notes and capture", "all that a recording has",
            [$"{RecordingConfiguration.PlaybackFormats.Name}=presentation:video:screenshare:podcast:notes:capture"],
            Felt: given => Recorded(given) && given.LeavesOpen(RecordingConfiguration.PlaybackFormats)),
        new("the presentation player", "is part of the nginx image", "does not come with the program; its folder is named",
            [$"{PlaybackConfiguration.PlayerFolder.Name}={PlaybackConfiguration.PlayerFolder.Example}"], "after copying it there from a node",
            given => Recorded(given) && given.LeavesOpen(PlaybackConfiguration.PlayerFolder)),
        new("archives that cannot be imported", "are tried for ever, or removed with the formats that failed", "are kept in quarantine with the reason", []),
        new("SCALELITE_RECORDING_DIR", "is mounted into the containers as /var/bigbluebutton",
            "is ignored; the folders are RECORDING_SPOOL_DIR, RECORDING_PUBLISH_DIR and RECORDING_UNPUBLISH_DIR, below /var/bigbluebutton where they are not set",
            [], "mount it at /var/bigbluebutton, or name its three folders",
            given => Recorded(given) && given.Has("SCALELITE_RECORDING_DIR") && !given.Has(RecordingConfiguration.PublishFolder)),

        // Callbacks.
        new("ends", "the node calls meta_endCallbackUrl itself", "the node calls PUBLIC_URL, and the outbox calls whom the client named",
            [$"{CallbackConfiguration.EndCallback.Name}=pass"], Felt: given => given.LeavesOpen(CallbackConfiguration.EndCallback)),
        new("where callbacks may go", "anywhere", "not to loopback, link-local and metadata addresses, the database and the nodes",
            [$"{CallbackConfiguration.Allowed.Name}=127.0.0.1,::1"], "and the addresses of the LMSs that share a machine with the database or a node",
            given => given.LeavesOpen(CallbackConfiguration.Allowed)),
        new("callbacks that fail", "are lost", "are tried again for CALLBACK_RETRY_FOR, 24 hours", [$"{CallbackConfiguration.RetryFor.Name}=0"]),
        new("whose callback URLs count", "those of the last create with that meetingID, in whichever course", "those of the create that began this run of the meeting", []),
        new("analytics", "are taken when any server's secret signed them", "are taken from the node that ran the meeting, also after its removal; no node's secret belongs into LOADBALANCER_SECRETS", []),

        // Dial-in.
        new("FSAPI_PASSWORD", "is LOADBALANCER_SECRET where it is not set, and an empty one lets everybody in", "dial-in is off until it is set",
            [], "FSAPI_PASSWORD= and the value of LOADBALANCER_SECRET",
            given => given.IsEmpty(DialInConfiguration.Password)
                || (given.LeavesOpen(DialInConfiguration.Password) && given.Has(VoiceBridgeConfiguration.UsesExternal))),

        // Administration.
        new("secrets in the admin API", "are shown", "are `********`", [$"{AdminConfiguration.ShowsSecrets.Name}=true"],
            Felt: given => given.LeavesOpen(AdminConfiguration.ShowsSecrets)),
        new("who may call the admin API", "whoever has LOADBALANCER_SECRET or one of LOADBALANCER_SECRETS",
            "whoever has LOADBALANCER_ADMIN_SECRET, else LOADBALANCER_SECRET; never one of LOADBALANCER_SECRETS", [],
            Felt: given => given.IsScalelites && given.Has(SecurityConfiguration.MoreSecrets)),
        new("deleting a server with meetings", "leaves them without one", "is refused", [], "`servers remove --force`, `\"force\": true` in deleteServer"),
        new("panicServer", "stops at the first meeting that its node does not end", "works whatever the node answers", []),
        new("servers:enable", "enables", "looks first whether the node can be used", [], "`servers enable --no-check`"),

        // The process.
        new("a value that cannot be right", "is taken for 0, false or what it begins with", "stops the start, with the setting's name and what is allowed", []),
        new("an empty value", "is 0, or an empty list", "counts as not set", [],
            Felt: given => NotEmptyWithScalelite.Any(given.IsEmpty)),
        new("POLLER_THREADS", "threads, 5", "polls in flight, 64; values below 32 are raised to it", []),
        new("HTTPS", "the nginx image speaks it with NGINX_SSL, and X-Forwarded headers from private networks are believed",
            "a web server in front speaks it, and only the proxies that are named are believed",
            [$"{HttpConfiguration.TrustedProxies.Name}={string.Join(',', PrivateNetworks)}"], "and a web server with the certificate",
            given => given.IsScalelites && !given.Has(HttpConfiguration.TrustedProxies)),
        new("/health_check", "answers 200 with the failure in its text", "answers 503 while PostgreSQL is away", []),
        new("logging", "debug, with queries", "info, one line a call; no line holds a query, a secret or a name", [$"{LoggingConfiguration.Level.Name}=debug"], "which shows no queries either"),
    ];

    /// <summary>The table as Markdown.</summary>
    public static string ToMarkdown()
    {
        var table = new StringBuilder("| what | Scalelite | here | Scalelite's way |\n| --- | --- | --- | --- |\n");
        foreach (var difference in All)
            table.Append($"| {difference.Subject} | {difference.Scalelite} | {difference.Here} | {difference.RestoringCell} |\n");
        return table.ToString();
    }

    /// <summary>Says those that this environment would feel, and where all of them are.</summary>
    public static void Announce(GivenEnvironment given, SettingsReader reader)
    {
        var felt = All.Where(difference => difference.Felt?.Invoke(given) == true).ToList();
        foreach (var difference in felt) reader.Notice(difference.Notice);
        if (felt.Count > 0) reader.Notice("All differences from Scalelite: docs/migration.md, `scalelite settings --differences`");
    }

    private static bool Recorded(GivenEnvironment given) => !given.Settings.Recordings.Disabled;
}
