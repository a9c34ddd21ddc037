using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class ImportsCommandTests(Commands commands) : IClassFixture<Commands>
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Imports_that_are_under_way_or_in_quarantine_are_listed_and_completed_ones_on_demand()
    {
        var (open, kept, done) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await AppendAsync(open, Received(open, "open.tar"), new ImportFailed(open, 1, "No space left on device", At, At));
        await AppendAsync(kept, Received(kept, "kept.tar"), new ArchiveQuarantined(kept, "It is empty", At));
        await AppendAsync(done, Received(done, "done.tar"), new ArchiveChecked(done, [], 0, 0, At), new ImportCompleted(done, At));

        var listed = await commands.RunAsync("imports", "list");
        Assert.Equal((0, ""), (listed.Code, listed.Error));
        Assert.Contains("open.tar", listed.Out, StringComparison.Ordinal);
        Assert.Contains("No space left on device", listed.Out, StringComparison.Ordinal);
        Assert.Contains("It is empty", listed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("done.tar", listed.Out, StringComparison.Ordinal);

        var all = JsonDocument.Parse((await commands.RunAsync("imports", "list", "--all", "--json")).Out).RootElement.EnumerateArray().ToList();
        Assert.Equal("completed", all.Single(row => row.GetProperty("id").GetGuid() == done).GetProperty("state").GetString());
        Assert.Equal("quarantined", all.Single(row => row.GetProperty("id").GetGuid() == kept).GetProperty("state").GetString());

        var shown = await commands.RunAsync("imports", "show", kept.ToString());
        Assert.Equal(0, shown.Code);
        Assert.Contains("archive_quarantined", shown.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await commands.RunAsync("imports", "show", kept.ToString(), "--json")).Out).RootElement;
        Assert.Equal(2, json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task An_import_is_retried_and_a_deleted_recording_restored_for_it()
    {
        var import = Guid.CreateVersion7();
        var record = $"{Guid.NewGuid():n}-1531155809613";
        await AppendAsync(
            import, Received(import, "x.tar"), new ArchiveChecked(import, [new(record, "notes")], 1, 1, At),
            new FormatRefused(import, record, "notes", "the recording was deleted", At), new ArchiveQuarantined(import, "notes: the recording was deleted", At));
        await using (var host = await commands.HostAsync())
        {
            await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
            var description = new RecordingDescription(record, "room", record, "Room", 1, 2, null, null, false, null, [], new Dictionary<string, string>());
            session.Events.StartStream(
                Streams.Recording(record),
                new RecordingImported(
                    record, "", import, null, description, new RecordingFormat("notes", "/notes", 1, null, null, [], 1, 1, null), RecordingPlace.Published, true, At),
                new RecordingDeleted(record, "a person", At),
                new RecordingFormatRemoved(record, "notes", At));
            await session.SaveChangesAsync();
        }

        var ran = await commands.RunAsync("imports", "retry", import.ToString(), "--restore");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal("received", await commands.Database.ScalarAsync<string>("select state from import_queue where import_id = $1", import));
        Assert.Equal(1L, await commands.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id = $1 and type = 'recording_restored' and headers->>'actor' like 'cli:%'", Streams.Recording(record)));
        Assert.Contains("under way already", (await commands.RunAsync("imports", "retry", import.ToString())).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("retry")]
    public async Task An_import_that_is_not_known_is_an_error(string command)
    {
        foreach (var id in new[] { Guid.NewGuid().ToString(), "x" })
        {
            var ran = await commands.RunAsync("imports", command, id);
            Assert.Equal((1, $"Couldn't find import with id={id}"), (ran.Code, ran.Error.Trim()));
        }
    }

    [Fact]
    public async Task A_completed_import_is_not_retried()
    {
        var import = Guid.CreateVersion7();
        await AppendAsync(import, Received(import, "y.tar"), new ArchiveChecked(import, [], 0, 0, At), new ImportCompleted(import, At));
        var ran = await commands.RunAsync("imports", "retry", import.ToString());
        Assert.Equal(1, ran.Code);
        Assert.Contains("is completed", ran.Error, StringComparison.Ordinal);
    }

    private static ArchiveReceived Received(Guid import, string name) => new(import, name, 10, ArchiveSource.Spool, null, At);

    private async Task AppendAsync(Guid import, params object[] events)
    {
        await using var host = await commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.StartStream(Streams.Import(import), events);
        await session.SaveChangesAsync();
    }
}
