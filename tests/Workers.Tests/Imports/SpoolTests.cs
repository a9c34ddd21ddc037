using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Testing;
using Scalelite.Workers.Imports;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class SpoolTests
{
    private static readonly string Id = ImportBench.Meeting().RecordId;

    [Fact]
    public async Task What_may_still_grow_is_left_alone()
    {
        await using var bench = await ImportBench.StartAsync(change: s => s with { Imports = s.Imports with { PollInterval = TimeSpan.FromSeconds(2) } });
        var tar = TarBuilder.Archive(Id, t => t.File($"notes/{Id}/big", new byte[250_000]));
        await File.WriteAllBytesAsync(Path.Combine(bench.Spool, ".hidden.tar"), tar);
        await File.WriteAllBytesAsync(Path.Combine(bench.Spool, "readme.txt"), tar);
        await using (var growing = new FileStream(Path.Combine(bench.Spool, "growing.tar"), FileMode.Create, FileAccess.Write, FileShare.Read, 0))
        {
            var written = 0;
            // Several looks of the watch long, never still from one to the next.
            await Eventually.HoldsAsync("all of it is written", async () =>
            {
                var next = Math.Min(tar.Length, written + 1000);
                await growing.WriteAsync(tar.AsMemory(written, next - written));
                written = next;
                Assert.True(File.Exists(growing.Name), "it was taken while it grew");
                return written == tar.Length;
            });
        }

        await bench.BecomeAsync("growing.tar", "completed");
        await Eventually.HoldsAsync("only what is no archive is left", () => bench.Left().Order().SequenceEqual([".hidden.tar", "readme.txt"]));
        Assert.Equal(1, await bench.Database.ScalarAsync<long>("select count(*) from import_queue"));
    }

    [Fact]
    public async Task An_archive_that_is_renamed_into_place_waits_for_no_look()
    {
        await using var bench = await ImportBench.StartAsync(change: s => s with { Imports = s.Imports with { PollInterval = TimeSpan.FromHours(1) } });
        await Eventually.HoldsAsync("the spool is watched", async () =>
        {
            await bench.DropAsync("one.tar", TarBuilder.Archive(Id));
            return (await bench.ImportsAsync("one.tar")).Count > 0;
        });
        await bench.BecomeAsync("one.tar", "completed");
    }

    [Fact]
    public async Task An_archive_that_was_taken_and_is_not_known_is_imported()
    {
        await using var bench = await ImportBench.StartAsync();
        var import = Guid.CreateVersion7();
        var home = Directory.CreateDirectory(Path.Combine(bench.Spool, ".importing", import.ToString())).FullName;
        await File.WriteAllBytesAsync(Path.Combine(home, "orphan.tar"), TarBuilder.Archive(Id));
        Assert.Equal(import, Assert.Single(await bench.BecomeAsync("orphan.tar", "completed")).Id);
        await bench.EmptyAsync();
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_is_given_time_to_grow_then_kept_in_quarantine_and_retried()
    {
        await using var bench = await ImportBench.StartAsync();
        var tar = TarBuilder.Archive(Id);
        var growing = Path.Combine(bench.Spool, ".cut");
        await File.WriteAllBytesAsync(growing, tar[..1500]);
        File.Move(growing, Path.Combine(bench.Spool, "cut.tar"));
        await Eventually.HoldsAsync("it failed, as it may still grow", async () => (await bench.ImportsAsync("cut.tar")) is [{ Attempts: > 0, State: "received" }]);

        var import = Assert.Single(await bench.ImportsAsync("cut.tar")).Id;
        File.SetLastWriteTimeUtc(Path.Combine(bench.Spool, ".importing", import.ToString(), "cut.tar"), DateTime.UtcNow.AddMinutes(-2));
        await bench.AppendAsync(Streams.Import(import), new ImportRetried(import, DateTimeOffset.UtcNow));
        var quarantined = Assert.Single(await bench.BecomeAsync("cut.tar", "quarantined"));
        Assert.Contains("It ends before its end", quarantined.Reason, StringComparison.Ordinal);
        await bench.IsQuarantinedAsync(import, "cut.tar");

        await File.WriteAllBytesAsync(Path.Combine(bench.Spool, ".quarantine", import.ToString(), "cut.tar"), tar);
        await bench.AppendAsync(Streams.Import(import), new ImportRetried(import, DateTimeOffset.UtcNow));
        await bench.BecomeAsync("cut.tar", "completed");
        await bench.EmptyAsync();
    }

    [Theory]
    [InlineData(new byte[0], "It is empty")]
    [InlineData(new byte[] { 1, 2, 3 }, "It ends before its end")]
    public async Task What_is_no_archive_is_kept_in_quarantine(byte[] bytes, string why)
    {
        await using var bench = await ImportBench.StartAsync();
        await bench.DropAsync("none.tar", bytes);
        var import = Assert.Single(await bench.BecomeAsync("none.tar", "quarantined"));
        Assert.Contains(why, import.Reason, StringComparison.Ordinal);
        await bench.IsQuarantinedAsync(import.Id, "none.tar");
    }

    [Fact]
    public async Task Abandoned_uploads_go_after_a_day()
    {
        await using var bench = await ImportBench.StartAsync();
        var uploads = Directory.CreateDirectory(Path.Combine(bench.Spool, ".uploads")).FullName;
        foreach (var (name, hours) in new[] { ("old.part", 25), ("new.part", 23) })
        {
            await File.WriteAllTextAsync(Path.Combine(uploads, name), "x");
            File.SetLastWriteTimeUtc(Path.Combine(uploads, name), DateTime.UtcNow.AddHours(-hours));
        }

        await Eventually.HoldsAsync("the old one is removed", () => !File.Exists(Path.Combine(uploads, "old.part")));
        Assert.True(File.Exists(Path.Combine(uploads, "new.part")));
    }

    [Fact]
    public async Task A_thousand_archives_at_once_are_imported_once_each_by_four_importers_of_two_processes()
    {
        await using var bench = await ImportBench.StartAsync(hosts: 2);
        const int archives = 1000;
        await Parallel.ForAsync(0, archives, async (i, _) =>
            await bench.DropAsync($"r{i}-1531155809613.tar", TarBuilder.Archive($"r{i}-1531155809613")));

        await Eventually.HoldsAsync(
            "all are completed",
            async () => await bench.Database.ScalarAsync<long>("select count(*) from import_queue where state = 'completed'") == archives,
            300);
        await bench.EmptyAsync();
        Assert.Equal(archives, await bench.Database.ScalarAsync<long>("select count(*) from import_queue"));
        Assert.Equal(archives, await bench.Database.ScalarAsync<long>("select count(*) from recording_format"));
        Assert.Equal(archives, await bench.Database.ScalarAsync<long>("select count(*) from mt_events where type = 'recording_imported'"));
        // On a busy machine PostgreSQL may be waited for in vain; nothing else goes wrong.
        Assert.Null(await bench.Database.ScalarAsync<string>(
            "select string_agg(distinct data->>'Reason', '; ') from mt_events where type = 'import_failed' and data->>'Reason' !~* 'timeout|timed out|exhausted'"));
    }

    [Fact]
    public void An_archive_is_settled_when_two_looks_found_the_same_or_it_was_renamed()
    {
        var time = new SetTime();
        var settled = new SettledArrivals(time, TimeSpan.FromSeconds(5));
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Arrival a = new("a.tar", 10, at), grown = a with { Bytes = 20 }, touched = grown with { ModifiedAt = at.AddSeconds(1) };
        Assert.Empty(settled.Of([a], _ => false));
        Assert.Equal([a], settled.Of([a], _ => true));
        time.Seconds = 4;
        Assert.Empty(settled.Of([a], _ => false));
        time.Seconds = 6;
        Assert.Empty(settled.Of([grown], _ => false));
        time.Seconds = 12;
        Assert.Empty(settled.Of([touched], _ => false));
        time.Seconds = 17;
        Assert.Equal([touched], settled.Of([touched], _ => false));
        Assert.Empty(settled.Of([], _ => false));
        Assert.Empty(settled.Of([touched], _ => false));
    }

    private sealed class SetTime : TimeProvider
    {
        public int Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
