using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Tests.Pool;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>Hosts with the outbox, an LMS that is called, and names that resolve as a test says.</summary>
internal sealed class CallbackPool : IAsyncDisposable
{
    public const string First = "the-first-secret";
    public const string Second = "the-second-secret";

    private CallbackPool(TestPool pool, Receiver receiver, ShiftedTime time, Dictionary<string, Func<IPAddress[]>> names) =>
        (Pool, Receiver, Time, Names) = (pool, receiver, time, names);

    public TestPool Pool { get; }

    public Receiver Receiver { get; }

    public ShiftedTime Time { get; }

    /// <summary>The resolver's names. By default <c>lms.test</c> and all that ends so is the receiver's machine.</summary>
    public Dictionary<string, Func<IPAddress[]>> Names { get; }

    public static async Task<CallbackPool> StartAsync(
        int hosts = 1, Func<CallbackSettings, CallbackSettings>? callbacks = null, ChecksumAlgorithms? algorithms = null, IReadOnlyList<string>? secrets = null)
    {
        var receiver = await Receiver.StartAsync();
        var (time, names) = (new ShiftedTime(), new Dictionary<string, Func<IPAddress[]>>(StringComparer.Ordinal));
        var sending = new CallbackSettings { Allowed = ["127.0.0.1"], Timeout = TimeSpan.FromSeconds(2) };
        var settings = TestPool.Quick with
        {
            Security = new SecuritySettings { LoadBalancerSecrets = secrets ?? [First, Second], AllowedAlgorithms = algorithms ?? ChecksumAlgorithms.All },
            Callbacks = callbacks is null ? sending : callbacks(sending),
        };
        var pool = await TestPool.StartAsync(0, settings, hosts, configure: services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddSingleton<ResolveHost>((host, _) => names.TryGetValue(host, out var addresses)
                ? Task.FromResult(addresses())
                : host.EndsWith("lms.test", StringComparison.Ordinal) ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
                : throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound));
        });
        return new CallbackPool(pool, receiver, time, names);
    }

    /// <summary>A run whose create named these callbacks, with the recording that was made of it.</summary>
    /// <param name="callbacks">By the metadata's name; its one parameter is the LMS's URL.</param>
    public async Task<Guid> RecordedAsync(
        string recordId, string signedWith, string meetingId = "room", bool published = true, params (string Name, string Url)[] callbacks)
    {
        var instance = Guid.CreateVersion7();
        var kept = new RunCallbacks(Pool.Vault, callbacks.ToDictionary(c => c.Name, c => c.Url), signedWith);
        await using (var session = Pool.Store.LightweightSession())
        {
            session.Events.StartStream(
                Streams.Meeting(instance),
                TestPool.Placed(instance, "node", meetingId, DateTimeOffset.UtcNow) with { Callbacks = kept.Fingerprints, SignerFingerprint = kept.SignerFingerprint },
                new MeetingStarted(instance, "node", recordId, 1, null, false, null, 1, DateTimeOffset.UtcNow),
                new MeetingEnded(instance, "node", EndLearned.Polls, DateTimeOffset.UtcNow, 1, 1, [1], DateTimeOffset.UtcNow));
            foreach (var store in kept.Store(instance)) session.QueueSqlCommand(store.Sql, store.Values);
            session.Events.StartStream(Streams.Recording(recordId), new RecordingImported(
                recordId, "", Guid.NewGuid(), null,
                new RecordingDescription(recordId, meetingId, null, "Room", 1, 2, null, null, false, null, [], new Dictionary<string, string>()),
                new RecordingFormat("presentation", "/playback", 1, null, null, [], 1, 1, null),
                published ? RecordingPlace.Published : RecordingPlace.Unpublished, published, DateTimeOffset.UtcNow));
            await session.SaveChangesAsync();
        }

        return instance;
    }

    /// <summary>A recording of a run that wants the receiver to be told, and its import: what is due from now on.</summary>
    /// <returns>The callback's id.</returns>
    public async Task<Guid> ArriveAsync(string recordId = "rec-1", string? url = null, string signedWith = First)
    {
        await RecordedAsync(recordId, signedWith, $"room-{recordId}", callbacks: ("bn-recording-ready-url", url ?? Receiver.Url()));
        var import = Guid.NewGuid();
        await Pool.PublishAsync(new RecordingArrived(import, recordId));
        return CallbackId.Of(import, recordId);
    }

    /// <summary>State, attempts, last status and outcome.</summary>
    public async Task<(string? State, int Attempts, int? Status, string? Outcome)> RowAsync(Guid callback) =>
        await Pool.Database.RowsAsync("select state, attempts, last_status, last_outcome from callback_queue where callback_id = $1", callback) is [var row]
            ? ((string)row[0]!, (int)row[1]!, (int?)row[2], (string?)row[3])
            : default;

    public Task BecomesAsync(Guid callback, string state) =>
        Eventually.HoldsAsync($"the callback is {state}", async () => (await RowAsync(callback)).State == state);

    public Task AttemptedAsync(Guid callback, int attempts) =>
        Eventually.HoldsAsync($"it was tried {attempts} times", async () => (await RowAsync(callback)).Attempts >= attempts);

    /// <summary>Puts the clock to when the callback is due next, and a little more.</summary>
    public async Task PassAsync(Guid callback)
    {
        var due = await Pool.Database.ScalarAsync<DateTime>("select due_at from callback_queue where callback_id = $1", callback);
        var left = new DateTimeOffset(due, TimeSpan.Zero) - Time.GetUtcNow();
        if (left > TimeSpan.Zero) Time.Advance(left);
        Time.Advance(TimeSpan.FromSeconds(3));
    }

    public async Task<string?> RetryAsync(Guid callback)
    {
        var host = await Pool.Database.ScalarAsync<string>("select host from callback_queue where callback_id = $1", callback);
        await using var scope = Pool.Hosts[0].Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CallbackOperations>().RetryAsync(
            callback, host ?? "", new Scalelite.Workers.Servers.ChangedBy("test"), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
