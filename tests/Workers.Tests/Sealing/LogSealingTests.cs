using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Flavour;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Sealing;
using Scalelite.Workers.Tests.Callbacks;
using Xunit;

namespace Scalelite.Workers.Tests.Sealing;

public sealed class LogSealingTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seals").FullName;
    private readonly List<(BackgroundService Sealing, SealPost Post)> _running = [];
    private TestDatabase _database = null!;
    private LogSeals _seals = null!;

    private string File => Path.Combine(_folder, "seals.jsonl");

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("seals");
        var builder = Host.CreateApplicationBuilder();
        builder.AddEventSourcing(_database.Source, [], [], [], handlesMessages: false);
        using var host = builder.Build();
        await HostSetup.CreateEventTablesAsync(_database.Source, host.Services);
        await DatabaseSchema.InstallAsync(_database.Source, DatabaseSchema.Scripts);
        await _database.ExecuteAsync("insert into mt_streams (id, version) values ('s', 0)");
        _seals = new LogSeals(_database.Source);
    }

    public async Task DisposeAsync()
    {
        foreach (var (sealing, post) in _running)
        {
            await sealing.StopAsync(CancellationToken.None);
            sealing.Dispose();
            post.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Two_instances_seal_the_log_once_and_write_every_seal_to_the_file()
    {
        var settings = Settings(file: true);
        await WriteAsync(10_000);
        await StartAsync(settings);
        await StartAsync(settings);
        await FiledUpToAsync(10_000);
        await WriteAsync(3);
        await FiledUpToAsync(10_003);

        Assert.Equal(4L, await _database.ScalarAsync<long>("select count(*) from log_seal"));
        Assert.DoesNotContain(await VerifyAsync(settings), finding => finding.Kind != AuditFindingKind.NotSealed);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public async Task The_file_may_be_rotated_and_what_could_not_be_written_is_written_later()
    {
        var settings = Settings(file: true);
        Directory.Delete(_folder);
        await WriteAsync(2);
        await StartAsync(settings);
        await Eventually.HoldsAsync(async () => await _seals.CountUndeliveredAsync(SealPlace.File) == 1);
        Directory.CreateDirectory(_folder);
        await FiledUpToAsync(2);

        System.IO.File.Move(File, File + ".1");
        await WriteAsync(2);
        await FiledUpToAsync(4);
        Assert.Equal([1, 2], Lines(File + ".1").Concat(Lines(File)).Select(seal => seal.Seal));
        Assert.Equal(AuditFindingKind.NotOutside, Assert.Single(await VerifyAsync(settings)).Kind);
    }

    [Fact]
    public async Task A_crash_between_the_file_and_the_table_writes_a_seal_twice_and_harms_nothing()
    {
        var settings = Settings(file: true);
        await WriteAsync(2);
        await StartAsync(settings);
        await FiledUpToAsync(2);
        await _database.ExecuteAsync("update log_seal set filed_at = null");
        await FiledUpToAsync(2);
        Assert.Equal([1, 1], Lines(File).Select(seal => seal.Seal));
        Assert.Empty(await VerifyAsync(settings));
    }

    [Fact]
    public void A_file_that_the_system_lets_nobody_but_append_to_is_appended_to()
    {
        var seal = new LogSeal(1, 1, 1, 1, DateTimeOffset.UnixEpoch, "", "", "", "", "");
        SealFile.Append(File, [seal]);
        if (!TryAttribute("+a")) return;
        try
        {
            Assert.Throws<UnauthorizedAccessException>(() => System.IO.File.WriteAllText(File, ""));
            SealFile.Append(File, [seal with { Seal = 2 }, seal with { Seal = 3 }]);
            Assert.Equal([1, 2, 3], Lines(File).Select(line => line.Seal));
        }
        finally
        {
            TryAttribute("-a");
        }
    }

    [Fact]
    public async Task Seals_are_posted_in_order_until_they_are_taken()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Down = true;
        var settings = Settings(url: receiver.Url("/seals?token=x"));
        await WriteAsync(2);
        await StartAsync(settings);
        await Eventually.HoldsAsync(() => !receiver.Calls.IsEmpty);
        await WriteAsync(2);
        await Eventually.HoldsAsync(async () => await _seals.SealedUpToAsync() == 4);
        (receiver.Status, receiver.Down) = (_ => 503, false);
        var refused = receiver.Calls.Count;
        await Eventually.HoldsAsync(() => receiver.Calls.Count > refused);
        receiver.Calls.Clear();
        receiver.Status = _ => 204;
        await Eventually.HoldsAsync(async () => await _seals.CountUndeliveredAsync(SealPlace.Url) == 0);

        Assert.All(receiver.Calls, call => Assert.Equal(("POST", "/seals?token=x"), (call.Method, call.Target)));
        var taken = receiver.Calls.Select(call => LogSeal.Read(call.Body)!).TakeLast(2).ToList();
        Assert.Equal([1, 2], taken.Select(seal => seal.Seal));
        var copy = new OutsideSeals();
        await copy.ReadAsync(new StringReader(string.Concat(taken.Select(seal => seal.ToLine()))), "posted", new LogAudit(_database.Source, settings).Keys);
        Assert.Empty(await VerifyAsync(settings, copy));
    }

    [Fact]
    public async Task A_URL_that_does_not_answer_is_told_without_its_token()
    {
        using var post = new SealPost(Settings(url: "http://127.0.0.1:1/seals?token=secret"));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => post.SendAsync(
            new LogSeal(1, 1, 1, 1, DateTimeOffset.UnixEpoch, "", "", "", "", ""), CancellationToken.None));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_SECRET_KEY_BASE_nothing_is_sealed()
    {
        var settings = new Settings { Audit = new AuditSettings { SealInterval = TimeSpan.FromMilliseconds(100) } };
        await WriteAsync(1);
        var sealing = await StartAsync(settings);
        await sealing.ExecuteTask!;
        Assert.Equal(0, await _seals.SealedUpToAsync());
    }

    private Settings Settings(bool file = false, string? url = null) => new()
    {
        Security = new SecuritySettings { SecretKeyBase = "a key base for the tests of sealing" },
        Audit = new AuditSettings
        {
            SealInterval = TimeSpan.FromMilliseconds(200),
            SealFile = file ? File : null,
            SealUrl = url is null ? null : new Uri(url),
        },
    };

    private async Task<BackgroundService> StartAsync(Settings settings)
    {
        var post = new SealPost(settings);
        var delivery = new SealDelivery(_seals, post, settings, TimeProvider.System, NullLogger<SealDelivery>.Instance);
        var sealing = new LogSealing(_database.Source, _seals, delivery, settings, TimeProvider.System, NullLogger<LogSealing>.Instance);
        await sealing.StartAsync(CancellationToken.None);
        _running.Add((sealing, post));
        return sealing;
    }

    private Task WriteAsync(int events) => _database.ExecuteAsync(
        """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
        select n, gen_random_uuid(), 's', n, '{}', 'thing_seen', now(), 'x' from (select nextval('mt_events_sequence') n from generate_series(1, $1)) numbers
        """,
        events);

    private Task FiledUpToAsync(long number) => Eventually.HoldsAsync(async () =>
        await _seals.SealedUpToAsync() == number && await _seals.CountUndeliveredAsync(SealPlace.File) == 0);

    // Only root may, and not on every file system.
    private bool TryAttribute(string attribute)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        using var chattr = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chattr", [attribute, File]) { RedirectStandardError = true })!;
        chattr.WaitForExit();
        return chattr.ExitCode == 0;
    }

    private static List<LogSeal> Lines(string path) => [.. System.IO.File.ReadLines(path).Select(line => LogSeal.Read(line)!)];

    private async Task<List<AuditFinding>> VerifyAsync(Settings settings, OutsideSeals? outside = null)
    {
        var audit = new LogAudit(_database.Source, settings);
        var findings = new List<AuditFinding>();
        await foreach (var finding in audit.Verification.VerifyAsync(1, outside ?? await audit.ReadSealFileAsync(default), new VerifyProgress())) findings.Add(finding);
        return findings;
    }
}
