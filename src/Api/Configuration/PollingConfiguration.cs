using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Polling and health.</summary>
internal static class PollingConfiguration
{
    private const int FewestInFlight = 32;

    public static readonly Setting<TimeSpan> Interval = SettingKinds.Seconds(
        "POLL_INTERVAL", 60, 0.1, 86_400, "From the start of one poll of a server to that of the next.");

    public static readonly Setting<TimeSpan> OldInterval = SettingKinds.Seconds(
        "INTERVAL", 60, 0.1, 86_400, "Another name of POLL_INTERVAL, which wins.");

    public static readonly Setting<int> InFlight = SettingKinds.Integer(
        "POLLER_THREADS", 64, 1, 1024, "Polls in flight in one process. Values below 32, set for Scalelite's blocking threads, are raised to it.");

    public static readonly Setting<int> Unhealthy = SettingKinds.Integer(
        "SERVER_UNHEALTHY_THRESHOLD", 2, 1, 1000, "Failed polls in a row until a server is offline. After the first it is suspect and gets no new meetings.");

    public static readonly Setting<int> Healthy = SettingKinds.Integer(
        "SERVER_HEALTHY_THRESHOLD", 1, 1, 1000, "Good polls in a row until a server is online.");

    public static IReadOnlyList<Setting> All => [Interval, OldInterval, InFlight, Unhealthy, Healthy];

    public static PollingSettings Read(SettingsReader reader)
    {
        var inFlight = reader.Read(InFlight);
        if (inFlight < FewestInFlight) reader.Notice($"{InFlight.Name} is {inFlight}, raised to {FewestInFlight}: polls do not block a thread here");
        var old = reader.Read(OldInterval);
        return new PollingSettings
        {
            Interval = reader.IsSet(Interval) ? reader.Read(Interval) : old,
            InFlight = Math.Max(inFlight, FewestInFlight),
            UnhealthyThreshold = reader.Read(Unhealthy),
            HealthyThreshold = reader.Read(Healthy),
        };
    }
}
