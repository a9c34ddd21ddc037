namespace Scalelite.Messaging.Tests;

/// <summary>A database for each test: a test may take or delete every message in it.</summary>
public abstract class MessagingTest : IAsyncLifetime
{
    private protected static readonly (string, string) NoHeartbeat = ("HeartbeatInterval", "01:00:00");
    private protected static readonly (string, string) ShortLease = ("LeaseDuration", "00:00:01");
    // An instance that stands still and has room for more would take its own message again, before any other looks.
    private protected static readonly (string, string) OneAtOnce = ("MaxInFlight", "1");
    private protected static readonly (string, string) QuickStop = ("StopTimeout", "00:00:00.1");
    private protected static readonly (string, string)[] QuickRetries = [("RetryDelays:0", "00:00:00.05"), ("RetryDelays:1", "00:00:00.1")];

    private protected TestDatabase Database { get; private set; } = null!;

    public async Task InitializeAsync() => Database = await TestDatabase.CreateAsync("messaging");

    public async Task DisposeAsync() => await Database.DisposeAsync();

    private protected Task<long> Messages() => Database.ScalarAsync<long>("select count(*) from message")!;

    private protected Task<long> EventsOf(string stream) => Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1", stream)!;

    private protected static OutgoingMessages Nothing => [];

    private protected static Task<OutgoingMessages> Append(ErrandCall call, string by)
    {
        call.Session.Events.Append(call.Errand.Key, new ErrandRun(call.Errand.Key, by));
        return Task.FromResult(Nothing);
    }
}
