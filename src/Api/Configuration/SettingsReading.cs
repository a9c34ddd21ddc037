using Microsoft.Extensions.Configuration;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>What a command cannot do without.</summary>
[Flags]
internal enum Needs
{
    /// <summary>Nothing that has no default.</summary>
    Nothing = 0,

    /// <summary>DATABASE_URL.</summary>
    Database = 1,

    /// <summary>SECRET_KEY_BASE.</summary>
    SealedSecrets = 2,

    /// <summary>LOADBALANCER_SECRET or LOADBALANCER_SECRETS.</summary>
    LoadBalancerSecret = 4,

    /// <summary>All of them: a process that serves.</summary>
    Everything = Database | SealedSecrets | LoadBalancerSecret,
}

/// <summary>The settings, or why they cannot be right.</summary>
/// <param name="Settings">Null if there is a problem.</param>
/// <param name="Problems">All that is wrong, a line each, with the setting's name and what is allowed; never a secret.</param>
/// <param name="Notices">What is to be said once at the start, a line each.</param>
internal sealed record SettingsReading(Settings? Settings, IReadOnlyList<string> Problems, IReadOnlyList<string> Notices)
{
    /// <summary>
    /// <c>appsettings.json</c> beside the program and in the working directory, then the environment, which wins.
    /// </summary>
    public static IConfiguration Sources() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .Build();

    /// <summary>Reads all settings for a command that needs <paramref name="needs"/>.</summary>
    public static SettingsReading From(IConfiguration configuration, Needs needs)
    {
        var reader = new SettingsReader(configuration);
        var security = SecurityConfiguration.Read(reader, needs);
        var meetings = MeetingConfiguration.Read(reader);
        var voiceBridges = VoiceBridgeConfiguration.Read(reader);
        var settings = new Settings
        {
            Security = security,
            Admin = AdminConfiguration.Read(reader, security, needs),
            Nodes = NodeConfiguration.Read(reader),
            Polling = PollingConfiguration.Read(reader),
            Placement = PlacementConfiguration.Read(reader),
            Meetings = meetings,
            Parameters = ParameterConfiguration.Read(reader),
            VoiceBridges = voiceBridges,
            DialIn = DialInConfiguration.Read(reader, meetings, voiceBridges),
            Multitenancy = TenantConfiguration.Read(reader),
            Recordings = RecordingConfiguration.Read(reader),
            Imports = ImportConfiguration.Read(reader),
            Bucket = BucketConfiguration.Read(reader),
            Playback = PlaybackConfiguration.Read(reader),
            Callbacks = CallbackConfiguration.Read(reader),
            Keeping = KeepingConfiguration.Read(reader),
            Http = HttpConfiguration.Read(reader),
            Database = DatabaseConfiguration.Read(reader, needs),
            Audit = AuditConfiguration.Read(reader),
            Logging = LoggingConfiguration.Read(reader),
            Given = reader.Given(SettingsReference.Groups.SelectMany(group => group.Settings)),
        };
        if (reader.Problems.Count == 0 && settings.Placement.CreateDeadline <= settings.Nodes.ConnectTimeout)
            reader.Refuse(PlacementConfiguration.CreateDeadline, "it must be longer than CONNECT_TIMEOUT");
        RecordingFolders.Check(reader, settings);
        WithoutEffect.Announce(configuration, reader);
        if (needs.HasFlag(Needs.LoadBalancerSecret)) Differences.Announce(new GivenEnvironment(configuration, settings), reader);
        return new SettingsReading(reader.Problems.Count == 0 ? settings : null, reader.Problems, reader.Notices);
    }
}
