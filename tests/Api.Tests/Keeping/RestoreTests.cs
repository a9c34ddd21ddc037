using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Api.CommandLine;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Projections;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Keeping;

/// <summary>The walk-through of docs/keeping.md.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scalelite-restore-").FullName;
    private readonly Guid _import = Guid.NewGuid();
    private readonly Guid _callback = Guid.NewGuid();
    private int _called;
    private Balancer _before = null!;
    private TestDatabase _database = null!;
    private WebApplication _lms = null!;

    private string Spool => Path.Combine(_folder, "spool");

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _lms = builder.Build();
        _lms.Run(_ =>
        {
            Interlocked.Increment(ref _called);
            return Task.CompletedTask;
        });
        await _lms.StartAsync();
        foreach (var name in new[] { "published", "unpublished", $"spool/.importing/{_import}" }) Directory.CreateDirectory(Path.Combine(_folder, name));
        _before = await Balancer.StartAsync(nodes: 2, change: Settings);
        _database = await TestDatabase.CreateAsync("restored");
    }

    public async Task DisposeAsync()
    {
        await _before.DisposeAsync();
        await _database.DisposeAsync();
        await _lms.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task From_the_log_alone_everything_but_secrets_is_rebuilt_and_work_that_was_due_goes_on()
    {
        await LiveAsync();
        var rows = await RowsAsync(_before.Database);
        await DatabaseCopy.CopyAsync(_before.Database, _database, "mt_streams", "mt_events");
        const string NewKey = "another key, since the old one opens nothing that was restored";

        await RebuildAsync(NewKey);
        Assert.Equal(rows, await RowsAsync(_database));
        foreach (var node in _before.Pool.Nodes)
            Assert.Equal((0, ""), await RunAsync(NewKey, "servers", "update", _before.IdOf(node.Name), "--secret", node.Secret));

        await using var built = await StartAsync(NewKey);
        await GoesOnAsync(built);
        await Eventually.HoldsAsync(
            "the callback whose URL is lost is given up, and says why", async () =>
                await ScalarAsync<string>("select state || ': ' || last_outcome from callback_queue where callback_id = $1", _callback) == "abandoned: its URL is not in table secret any more");
        Assert.Equal(0, _called);

        // Clients create their hooks again; no two have one number.
        using var lms = new Lms(((WebApplication)built.Host).Urls.Single(), Balancer.Secret);
        Assert.Equal("SUCCESS", (await lms.GetAsync("hooks/create", "callbackURL=" + Uri.EscapeDataString("https://lms.example/after"))).Code);
        Assert.Equal(2, await ScalarAsync<long>("select count(distinct number) from hook"));
        await built.Host.StopAsync();
    }

    [Fact]
    public async Task With_the_table_of_sealed_secrets_and_their_key_callbacks_go_on_too()
    {
        await LiveAsync();
        await DatabaseCopy.CopyAsync(_before.Database, _database, "mt_streams", "mt_events", "log_seal", "secret");
        var key = Balancer.Defaults.Security.SecretKeyBase;
        await RebuildAsync(key);

        await using var built = await StartAsync(key);
        await GoesOnAsync(built);
        await Eventually.HoldsAsync("the client is called", async () => await ScalarAsync<string>("select state from callback_queue where callback_id = $1", _callback) == "delivered");
        Assert.Equal(1, _called);
        await built.Host.StopAsync();
    }

    [Fact]
    public async Task A_copy_of_the_whole_database_goes_on_where_it_was_and_another_key_is_refused()
    {
        await LiveAsync();
        var rows = await RowsAsync(_before.Database);
        await DatabaseCopy.CopyAsync(_before.Database, _database);
        Assert.Equal(rows, await RowsAsync(_database));
        var (code, error) = await RunAsync("not the key under which the secrets were sealed", "servers", "update", _before.IdOf(_before.Pool.Nodes[0].Name), "--tag", "x");
        Assert.Equal(1, code);
        Assert.Contains("SECRET_KEY_BASE", error, StringComparison.Ordinal);

        await using var built = await StartAsync(Balancer.Defaults.Security.SecretKeyBase);
        await GoesOnAsync(built);
        await Eventually.HoldsAsync("the client is called", () => Volatile.Read(ref _called) == 1);
        await built.Host.StopAsync();
    }

    [Fact]
    public async Task After_an_older_copy_is_restored_the_meetings_that_it_does_not_know_are_adopted()
    {
        await _before.PollAsync();
        await DatabaseCopy.CopyAsync(_before.Database, _database);
        await _before.CreateAsync("later");

        await using var built = await StartAsync(Balancer.Defaults.Security.SecretKeyBase);
        await Eventually.HoldsAsync("the meeting is adopted", async () => await ScalarAsync<bool>("select adopted from meeting_instance where meeting_id = 'later'"));
        using var lms = new Lms(((WebApplication)built.Host).Urls.Single(), Balancer.Secret);
        Assert.Equal("SUCCESS", (await lms.GetAsync("getMeetingInfo", "meetingID=later")).Code);
        await built.Host.StopAsync();
    }

    /// <summary>A pool in use, with an archive that waits to be imported and a client who waits to be called. Nobody polls, imports or calls yet.</summary>
    private async Task LiveAsync()
    {
        await _before.CreateAsync("lecture", "&meta_bn-recording-ready-url=" + Uri.EscapeDataString("https://lms.example/ready"));
        await _before.PollAsync();
        await _before.Lms.GetAsync("hooks/create", "callbackURL=" + Uri.EscapeDataString("https://lms.example/before"));
        var archive = await RecordingArchive.Of(RecordedMeeting.Of("old lecture", DateTimeOffset.UtcNow.AddDays(-1))).DropIntoAsync(Path.Combine(Spool, ".importing", _import.ToString()));
        await _before.AppendAsync(
            Streams.Import(_import),
            new ArchiveReceived(_import, Path.GetFileName(archive), new FileInfo(archive).Length, ArchiveSource.Spool, null, DateTimeOffset.UtcNow));
        await using var session = _before.Service<IDocumentStore>().LightweightSession();
        await _before.Service<CallbackRegister>().AddAsync(
            session, new OwedCallback(_callback, CallbackKind.MeetingEnded, _lms.Urls.Single() + "/ended") { MeetingId = "lecture" }, CancellationToken.None);
        await session.SaveChangesAsync();
    }

    private async Task GoesOnAsync(BuiltHost built)
    {
        using var lms = new Lms(((WebApplication)built.Host).Urls.Single(), Balancer.Secret);
        Assert.Equal("SUCCESS", (await lms.GetAsync("getMeetingInfo", "meetingID=lecture")).Code);
        var round = await _before.Database.ScalarAsync<long>("select max(round) from server_load");
        await Eventually.HoldsAsync("both servers are polled", async () => await ScalarAsync<long>("select min(round) from server_load where failures = 0") > round);
        await Eventually.HoldsAsync("the archive is imported", async () => await ScalarAsync<string>("select state from import_queue where import_id = $1", _import) == "completed");
        var reply = await lms.GetAsync("create", "name=new&meetingID=new");
        Assert.Equal("SUCCESS", reply.Code);
    }

    private Settings Settings(Settings settings) => settings with
    {
        Polling = new PollingSettings { Interval = TimeSpan.FromMilliseconds(500) },
        Imports = settings.Imports with { Enabled = true, SpoolFolder = Spool, WorkFolder = Path.Combine(_folder, "work") },
        Recordings = settings.Recordings with { PublishFolder = Path.Combine(_folder, "published"), UnpublishFolder = Path.Combine(_folder, "unpublished") },
        Callbacks = settings.Callbacks with { Allowed = ["127.0.0.1"] },
    };

    private async Task<BuiltHost> StartAsync(string secretKeyBase)
    {
        var settings = Settings(Balancer.Defaults) with
        {
            Security = Balancer.Defaults.Security with { SecretKeyBase = secretKeyBase },
            Database = new DatabaseSettings { ConnectionString = _database.ConnectionString + ";Maximum Pool Size=20" },
        };
        var built = await ScaleliteHost.BuildAsync(settings, Roles.Api | Roles.Workers, CancellationToken.None);
        await built.Host.StartAsync();
        return built;
    }

    /// <summary>What <c>projections rebuild</c> does one after the other.</summary>
    private async Task RebuildAsync(string secretKeyBase)
    {
        // The first makes the tables.
        Assert.Equal((0, ""), await RunAsync(secretKeyBase, "projections", "rebuild", ReadModels.All[0].Name));
        foreach (var some in ReadModels.All.Skip(1).Chunk(5))
        {
            var ran = await Task.WhenAll(some.Select(model => RunAsync(secretKeyBase, "projections", "rebuild", model.Name)));
            Assert.All(ran, one => Assert.Equal((0, ""), one));
        }
    }

    private async Task<(int Code, string Error)> RunAsync(string secretKeyBase, params string[] arguments)
    {
        var at = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        var environment = new Dictionary<string, string?>
        {
            ["SECRET_KEY_BASE"] = secretKeyBase,
            ["LOADBALANCER_SECRET"] = Balancer.Secret,
            ["DATABASE_URL"] = $"postgresql:///{at.Database}?host={Uri.EscapeDataString(at.Host!)}&port={at.Port}&user={at.Username}&pool=5",
        };
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await ScaleliteCommand.RunAsync(arguments, output, error, new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
        return (code, error.ToString());
    }

    private async Task<T?> ScalarAsync<T>(string sql, params object[] values) => await _database.ScalarAsync<T>(sql, values);

    /// <summary>All rows of all read models.</summary>
    private static async Task<List<string>> RowsAsync(TestDatabase database)
    {
        var rows = new List<string>();
        foreach (var table in ReadModels.All.SelectMany(model => model.Tables))
            rows.AddRange((await database.RowsAsync($"select to_jsonb(t)::text from {table} t order by 1")).Select(row => $"{table} {row[0]}"));
        return rows;
    }
}
