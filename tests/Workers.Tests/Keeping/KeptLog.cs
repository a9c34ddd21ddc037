using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Projections;
using Scalelite.Projections.Rebuild;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Keeping;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tests.Pool;
using Xunit;

namespace Scalelite.Workers.Tests.Keeping;

/// <summary>A log of a day long ago and of today, and what keeps it. No host handles messages.</summary>
internal sealed class KeptLog : IAsyncDisposable
{
    public static readonly ChangedBy By = new("test", Reason: "because");

    private KeptLog(TestPool pool) => Pool = pool;

    /// <summary>Noon of a day that is older than polls are kept by default.</summary>
    public static DateTimeOffset LongAgo { get; } = new(DateTimeOffset.UtcNow.UtcDateTime.Date.AddDays(-40).AddHours(12), TimeSpan.Zero);

    public TestPool Pool { get; }

    public TestDatabase Database => Pool.Database;

    public StreamPruner Pruner => Pool.Reader<StreamPruner>();

    public ReadModelRebuild Rebuild => new(Database.Source, Pool.Store, Pool.Reader<Func<EventRow, IEvent>>());

    public static async Task<KeptLog> OpenAsync(Func<KeepingSettings, KeepingSettings>? keeping = null, Action<IServiceCollection>? configure = null)
    {
        var settings = TestPool.Quick with { Keeping = keeping?.Invoke(new KeepingSettings()) ?? new KeepingSettings() };
        return new KeptLog(await TestPool.StartAsync(1, settings, hosts: 0, register: false, configure));
    }

    /// <summary>A server that was registered before <see cref="LongAgo"/>.</summary>
    public Task RegisterAsync(string server) => Pool.AppendAsync(
        Streams.Server(server), new ServerRegistered(server, $"https://{server}.example/bigbluebutton/api", "fingerprint", 1, null, LongAgo.AddDays(-1)));

    /// <summary>Answered polls, one every 20 s.</summary>
    /// <param name="firstRound">The first one's round.</param>
    public async Task PollAsync(string server, DateTimeOffset from, int firstRound, int count, params PolledMeeting[] meetings)
    {
        for (var i = 0; i < count; i++)
        {
            var began = from.AddSeconds(20 * i);
            await Pool.AppendAsync(Streams.Polls(server, began), new ServerPolled(
                server, firstRound + i, began, 30, i + 1, [.. meetings.Select(m => m with { Users = m.Users + i })], [], began.AddSeconds(20), 10 * (i + 1)));
        }
    }

    public Task FailAsync(string server, DateTimeOffset at, int round) => Pool.AppendAsync(
        Streams.Polls(server, at), new ServerPollFailed(server, round, at, 500, 1, "timeout", at.AddSeconds(20)));

    public static PolledMeeting Seen(string internalId, int users, Guid? instance = null) =>
        new("room", internalId, 1_700_000_000_000, users, 1, 0, 2, false, false, null, instance, 0);

    /// <summary>A run that began long ago.</summary>
    public async Task<Guid> MeetingAsync(string server, bool ended, string meetingId = "room", string tenant = "")
    {
        var instance = Guid.CreateVersion7(LongAgo);
        await Pool.AppendAsync(
            Streams.Meeting(instance),
            TestPool.Placed(instance, server, meetingId, LongAgo.AddSeconds(25)) with
            {
                TenantId = tenant,
                Name = "Jane Doe's office hour",
                Metadata = new Dictionary<string, string> { ["bbb-context"] = "Jane Doe", ["bbb-origin"] = "Moodle" },
                At = LongAgo,
            },
            new MeetingStarted(instance, server, $"int-{instance:n}", 1, null, false, "password", 20, LongAgo));
        if (ended) await Pool.AppendAsync(Streams.Meeting(instance), new MeetingEnded(instance, server, EndLearned.Polls, LongAgo.AddHours(1), 3, 1.5, [1, 3], LongAgo.AddHours(1)));
        return instance;
    }

    public Task JoinAsync(Guid process, DateTimeOffset at, params (Guid Instance, string Server, int Count)[] joins) => Pool.AppendAsync(
        Streams.Joins(process, at), new JoinsRouted(at.AddSeconds(-1), at, [.. joins.Select(j => new RoutedJoins(j.Instance, j.Server, j.Count))]));

    /// <summary>Seals all that is there.</summary>
    public async Task SealAsync()
    {
        var sealer = new LogSealer(Database.Source, Key, TimeProvider.System);
        var upTo = await Database.ScalarAsync<long>("select max(seq_id) from mt_events");
        while (await sealer.SealAsync(upTo) is not null)
        {
        }
    }

    /// <summary>What the seals say that was not as it should be; empty where all is.</summary>
    public async Task<IReadOnlyList<AuditFinding>> WrongAsync()
    {
        var wrong = new List<AuditFinding>();
        await foreach (var finding in new LogVerification(Database.Source, [Key]).VerifyAsync(1, null, new VerifyProgress()))
        {
            if (finding.IsWrong) wrong.Add(finding);
        }

        return wrong;
    }

    /// <summary>Tries each stream that is old enough, and says what came of it, by stream.</summary>
    public async Task<Dictionary<string, PruneOutcome>> PruneAllAsync(bool dryRun = false)
    {
        var outcomes = new Dictionary<string, PruneOutcome>();
        await foreach (var stream in Pruner.OldAsync(default)) outcomes[stream.Stream] = await Pruner.PruneAsync(stream, By, dryRun, default);
        return outcomes;
    }

    /// <summary>These read models are what the log gives.</summary>
    public async Task AssertReadModelsHoldAsync(params IReadOnlyCollection<string> names)
    {
        var differences = await Task.WhenAll(ReadModels.All.Where(model => names.Contains(model.Name)).Select(model => Rebuild.VerifyAsync(model)));
        Assert.Equal(names.Count, differences.Length);
        Assert.Empty(differences.SelectMany(difference => difference));
    }

    public Task<long> CountAsync(string stream) => Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1", stream);

    public Task<long> SecretsAsync(string owner) => Database.ScalarAsync<long>("select count(*) from secret where owner = $1", owner);

    public Task StoreSecretAsync(string owner, string kind, DateTimeOffset? validUntil = null)
    {
        var store = SecretVault.Store(Pool.Vault.Seal(owner, kind, 1, "https://lms.example/secret"), validUntil);
        return SaveAsync(session => session.QueueSqlCommand(store.Sql, store.Values));
    }

    public async Task SaveAsync(Action<IDocumentSession> write)
    {
        await using var session = Pool.Store.LightweightSession();
        write(session);
        await session.SaveChangesAsync();
    }

    public async Task<T[]> EventsAsync<T>(string stream) => [.. (await Pool.EventsAsync(stream)).OfType<T>()];

    public ValueTask DisposeAsync() => Pool.DisposeAsync();

    private static SealKey Key { get; } = new("a key for tests of thirty characters");

    public async Task<List<string>> RowsAsync(ReadModel model)
    {
        var rows = new List<string>();
        foreach (var table in model.Tables)
            rows.AddRange((await Database.RowsAsync($"select to_jsonb(t)::text from {table} t order by 1")).Select(row => $"{table} {row[0]}"));
        return rows;
    }
}
