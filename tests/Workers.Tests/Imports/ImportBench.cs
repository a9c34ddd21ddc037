using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Flavour;
using Scalelite.Projections;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>A spool, folders for recordings, a database, and any number of processes' worth of importers on them.</summary>
internal sealed class ImportBench : IAsyncDisposable
{
    private readonly List<(IHost Host, NpgsqlDataSource Source, string Name)> _hosts = [];
    private readonly List<NpgsqlDataSource> _killed = [];
    private readonly IHost _reader;
    private readonly string _root;

    private ImportBench(TestDatabase database, Func<Settings, Settings> change)
    {
        Database = database;
        _root = Directory.CreateTempSubdirectory("import-bench-").FullName;
        Settings = change(new Settings
        {
            Recordings = new RecordingSettings { PublishFolder = Path.Combine(_root, "published"), UnpublishFolder = Path.Combine(_root, "unpublished") },
            Imports = new ImportSettings
            {
                Enabled = true,
                SpoolFolder = Path.Combine(_root, "spool"),
                WorkFolder = Path.Combine(_root, "work"),
                PollInterval = TimeSpan.FromMilliseconds(100),
            },
        });
        Directory.CreateDirectory(Spool);
        _reader = Build(database.Source, handlesMessages: false);
    }

    public TestDatabase Database { get; }

    public Settings Settings { get; }

    public string Spool => Settings.Imports.SpoolFolder;

    public IDocumentStore Store => _reader.Services.GetRequiredService<IDocumentStore>();

    /// <param name="hosts">Importing from the beginning.</param>
    /// <param name="change">Of the usual settings: a look ten times a second.</param>
    public static async Task<ImportBench> StartAsync(int hosts = 1, Func<Settings, Settings>? change = null)
    {
        var bench = new ImportBench(await TestDatabase.CreateAsync("import"), change ?? (settings => settings));
        await HostSetup.CreateEventTablesAsync(bench.Database.Source, bench._reader.Services);
        await DatabaseSchema.InstallAsync(bench.Database.Source, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]);
        for (var i = 0; i < hosts; i++) await bench.AddHostAsync();
        return bench;
    }

    /// <summary>Starts one more process's worth.</summary>
    public async Task AddHostAsync()
    {
        var name = $"importer-{Guid.NewGuid():n}";
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { ApplicationName = name, MaxPoolSize = 15 });
        var host = Build(source, handlesMessages: true);
        await host.StartAsync();
        _hosts.Add((host, source, name));
    }

    /// <summary>
    /// What kill -9 leaves of the first one, which has come to a stop: no connection, no lock, no claim that is renewed. Its claims are made to
    /// end at once; that they end by themselves is for the tests with real processes.
    /// </summary>
    public async Task KillAsync()
    {
        var (host, source, name) = _hosts[0];
        _hosts.RemoveAt(0);
        try
        {
            await host.StopAsync(new CancellationToken(true));
        }
        catch (OperationCanceledException)
        {
            // It did not wait.
        }

        _killed.Add(source);
        await source.DisposeAsync();
        await Database.ExecuteAsync("select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1", name);
        await Database.ExecuteAsync("update import_claim set leased_until = now() - interval '1 second'");
    }

    /// <summary>A recording of a meeting, not yet sent.</summary>
    public static RecordedMeeting Meeting(string meetingId = "room") => RecordedMeeting.Of(meetingId, DateTimeOffset.UtcNow);

    /// <summary>Puts bytes into the spool as rsync does.</summary>
    public async Task DropAsync(string name, byte[] bytes)
    {
        var growing = Path.Combine(Spool, $".{name}.x");
        await File.WriteAllBytesAsync(growing, bytes);
        File.SetLastWriteTimeUtc(growing, DateTime.UtcNow.AddHours(-1));
        File.Move(growing, Path.Combine(Spool, name), overwrite: true);
    }

    public async Task DropAsync(RecordingArchive archive) => await DropAsync(archive.Name, await archive.ToBytesAsync());

    /// <summary>The imports of archives of a name, the oldest first.</summary>
    public async Task<IReadOnlyList<ImportRow>> ImportsAsync(string name) =>
    [
        .. (await Database.RowsAsync(
                "select import_id, state, formats, imported, attempts, reason, source from import_queue where name = $1 order by received_at, import_id", name))
            .Select(row => new ImportRow((Guid)row[0]!, (string)row[1]!, (int)row[2]!, (int)row[3]!, (int)row[4]!, (string?)row[5], (string)row[6]!)),
    ];

    /// <summary>Waits until so many archives of a name were received and all are in this state.</summary>
    public async Task<IReadOnlyList<ImportRow>> BecomeAsync(string name, string state, int archives = 1)
    {
        IReadOnlyList<ImportRow> rows = [];
        try
        {
            await Eventually.HoldsAsync(
                $"{archives} imports of {name} are {state}",
                async () => (rows = await ImportsAsync(name)).Count >= archives && rows.All(row => row.State == state),
                60);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}: {string.Join("; ", rows)}");
        }

        return rows;
    }

    /// <summary>Waits until the spool holds nothing: no archive, and none that is worked on.</summary>
    public Task EmptyAsync() => Eventually.HoldsAsync("the spool is empty", () => Left().Count == 0);

    /// <summary>Waits until the only archive in the spool is this one, in quarantine.</summary>
    public Task IsQuarantinedAsync(Guid import, string name) => Eventually.HoldsAsync(
        $"{name} is in quarantine", () => Left() is [var left] && left == Path.Combine(".quarantine", import.ToString(), name));

    /// <summary>Archives in the spool, in whatever state.</summary>
    public IReadOnlyList<string> Left() =>
        [.. Directory.EnumerateFiles(Spool, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(path => Path.GetRelativePath(Spool, path))];

    public async Task<Recording?> RecordingAsync(string recordId)
    {
        await using var session = Store.LightweightSession();
        return await session.Events.AggregateStreamAsync<Recording>(Streams.Recording(recordId));
    }

    public async Task<IReadOnlyList<object>> EventsAsync(string stream)
    {
        await using var session = Store.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(stream)).Select(e => e.Data)];
    }

    public async Task AppendAsync(string stream, params object[] events)
    {
        await using var session = Store.LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    public string Folder(RecordingPlace place, string format, string recordId) =>
        Path.Combine(place == RecordingPlace.Published ? Settings.Recordings.PublishFolder : Settings.Recordings.UnpublishFolder, format, recordId);

    /// <summary>Every file of the archive's formats lies in its place with the bytes that were sent, and so says the manifest that the catalog names.</summary>
    public async Task IsWholeAsync(RecordingArchive archive, RecordingPlace place = RecordingPlace.Published)
    {
        foreach (var format in archive.Formats)
        {
            var folder = Folder(place, format.Name, archive.Meeting.RecordId);
            foreach (var file in format.Files) Assert.Equal(file.Content.ToArray(), await File.ReadAllBytesAsync(Path.Combine(folder, file.Path)));
            Assert.True(File.Exists(Path.Combine(folder, "metadata.xml")));
            var manifest = await File.ReadAllBytesAsync(Path.Combine(folder, Manifest.FileName));
            var row = Assert.Single(await Database.RowsAsync(
                "select place, files, manifest_sha256 from recording_format where record_id = $1 and format = $2", archive.Meeting.RecordId, format.Name));
            Assert.Equal(
                [place.ToString().ToLowerInvariant(), format.Files.Count + 1, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(manifest))], row);
            using var lines = new MemoryStream(manifest);
            await foreach (var line in Manifest.ReadAsync(lines, CancellationToken.None))
            {
                var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, line.Path));
                Assert.Equal((line.Bytes, line.Sha256), (bytes.LongLength, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));
            }
        }
    }

    /// <summary>Waits until nothing but formats in place is in the folders of recordings.</summary>
    public Task BecomesCleanAsync() => Eventually.HoldsAsync("nothing is left aside", () => LeftAside().Count == 0);

    /// <summary>What lies in the folders of recordings beside the formats in place.</summary>
    public IReadOnlyList<string> LeftAside() =>
    [
        .. new[] { Settings.Recordings.PublishFolder, Settings.Recordings.UnpublishFolder }
            .Select(root => Path.Combine(root, ".scalelite"))
            .Where(Directory.Exists)
            .SelectMany(own => Directory.EnumerateFiles(own, "*", SearchOption.AllDirectories)),
    ];

    /// <summary>Whether an import is of this bench: other tests have theirs. When its archive is gone its row tells.</summary>
    public bool Owns(Guid import) =>
        Directory.Exists(Path.Combine(Spool, ".importing", import.ToString()))
        || Database.ScalarAsync<bool>("select exists (select 1 from import_queue where import_id = $1)", import).GetAwaiter().GetResult();

    /// <summary>No connection to the database is there, and none can be made.</summary>
    public void CutDatabase()
    {
        Maintain($"alter database \"{Database.Name}\" with allow_connections false");
        Maintain($"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{Database.Name}'");
    }

    /// <summary>It is back; returns when the test's own connections are too.</summary>
    public async Task MendDatabaseAsync()
    {
        Maintain($"alter database \"{Database.Name}\" with allow_connections true");
        var good = 0;
        await Eventually.HoldsAsync("the database answers", async () =>
        {
            try
            {
                good = await Database.ScalarAsync<int>("select 1") + good;
            }
            catch (NpgsqlException)
            {
                good = 0;
            }

            return good >= 20;
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (host, source, _) in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
            await source.DisposeAsync();
        }

        _reader.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private void Maintain(string sql)
    {
        using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private IHost Build(NpgsqlDataSource source, bool handlesMessages)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(source);
        builder.Services.AddSingleton(new SecretVault(source, "a key for tests"));
        builder.Services.AddSingleton(Settings);
        builder.Services.AddSingleton(new NodeClient(new NodeClientOptions()));
        builder.Services.AddSingleton<NodeApi>();
        builder.AddEventSourcing(source, DomainEvents.Types, DomainEvents.Projections, [typeof(WorkersSetup).Assembly], handlesMessages);
        builder.Services.AddWorkers(handlesMessages);
        return builder.Build();
    }
}

/// <summary>A row of <c>import_queue</c>.</summary>
internal sealed record ImportRow(Guid Id, string State, int Formats, int Imported, int Attempts, string? Reason, string Source);
