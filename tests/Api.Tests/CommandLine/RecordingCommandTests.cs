using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class RecordingCommandTests : IAsyncLifetime
{
    private readonly Commands _commands = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("scalelite-recordings-").FullName;

    public async Task InitializeAsync()
    {
        await _commands.InitializeAsync();
        _commands.Environment["RECORDING_PUBLISH_DIR"] = Path.Combine(_folder, "published");
        _commands.Environment["RECORDING_UNPUBLISH_DIR"] = Path.Combine(_folder, "unpublished");
        _commands.Environment["RECORDING_SPOOL_DIR"] = Path.Combine(_folder, "spool");
    }

    public async Task DisposeAsync()
    {
        await _commands.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Recordings_are_listed_and_shown_with_their_events()
    {
        var tenant = await TenantAsync("school");
        await ImportAsync("a-1", "room");
        await ImportAsync("b-2", "other", tenant);

        var all = JsonDocument.Parse((await _commands.RunAsync("recordings", "list", "--json")).Out).RootElement.EnumerateArray().ToList();
        Assert.Equal(["a-1", "b-2"], all.Select(row => row.GetProperty("record_id").GetString()).Order());
        Assert.Contains("b-2", (await _commands.RunAsync("recordings", "list", "--tenant", "School")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("a-1", (await _commands.RunAsync("recordings", "list", "--tenant", tenant)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("b-2", (await _commands.RunAsync("recordings", "list", "--meeting", "room")).Out, StringComparison.Ordinal);
        Assert.Contains("No recordings", (await _commands.RunAsync("recordings", "list", "--state", "unpublished")).Out, StringComparison.Ordinal);
        Assert.Contains("1 of 2", (await _commands.RunAsync("recordings", "list", "--limit", "1")).Out, StringComparison.Ordinal);

        var shown = await _commands.RunAsync("recordings", "show", "a-1");
        Assert.Contains("recording_imported", shown.Out, StringComparison.Ordinal);
        Assert.Contains("video, published, 1 files", shown.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await _commands.RunAsync("recordings", "show", "a-1", "--json")).Out).RootElement;
        Assert.Equal("room", json.GetProperty("recording").GetProperty("meeting_id").GetString());
    }

    [Fact]
    public async Task Recordings_are_unpublished_published_and_deleted_with_their_files()
    {
        await ImportAsync("a-1", "room");
        await ImportAsync("b-2", "room");

        Assert.Equal((0, "a-1: OK\nb-2: OK\n"), Said(await _commands.RunAsync("recordings", "unpublish", "a-1", "b-2", "a-1")));
        Assert.Equal(("unpublished", "unpublished"), (Where("a-1"), Where("b-2")));
        Assert.Equal(0, (await _commands.RunAsync("recordings", "publish", "a-1")).Code);
        Assert.Equal("published", Where("a-1"));
        Assert.Equal(0, (await _commands.RunAsync("recordings", "delete", "a-1", "--yes")).Code);
        Assert.Equal("", Where("a-1"));
        var refused = await _commands.RunAsync("recordings", "publish", "a-1", "b-2");
        Assert.Equal(1, refused.Code);
        Assert.Contains("a-1: Recording a-1 was deleted", refused.Error, StringComparison.Ordinal);
        Assert.Equal("published", Where("b-2"));
        Assert.Equal(0, (await _commands.RunAsync("recordings", "restore", "a-1")).Code);
        Assert.Equal(3L, await _commands.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id = 'recording-a-1' and headers->>'actor' like 'cli:%' and type in ('recording_published', 'recording_deleted', 'recording_restored')"));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("publish")]
    [InlineData("unpublish")]
    [InlineData("delete")]
    [InlineData("restore")]
    public async Task An_unknown_recording_is_told_on_standard_error(string command) =>
        Assert.Equal(new Ran(1, "", $"Couldn't find recording with id=none{Environment.NewLine}"), await _commands.RunAsync("recordings", command, "none"));

    [Fact]
    public async Task Recordings_of_nobody_are_given_to_a_tenant()
    {
        var (one, other) = (await TenantAsync("one"), await TenantAsync("other"));
        await ImportAsync("a-1", "room");
        await ImportAsync("b-2", "room", other);

        Assert.Equal((0, "a-1: OK\n"), Said(await _commands.RunAsync("recordings", "add-to-tenant", one)));
        Assert.Equal((one, other), (await TenantOfAsync("a-1"), await TenantOfAsync("b-2")));
        Assert.Equal((0, "b-2: OK\n"), Said(await _commands.RunAsync("recordings", "add-to-tenant", "one", "b-2")));
        Assert.Equal(one, await TenantOfAsync("b-2"));
        Assert.Equal(1, (await _commands.RunAsync("recordings", "add-to-tenant", "nobody")).Code);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_deleted_and_deletes_nothing()
    {
        await ImportAsync("old-1", "room", endedAt: DateTimeOffset.UtcNow.AddDays(-40));
        await ImportAsync("new-1", "room");
        Assert.Contains("No recording's time is over", (await _commands.RunAsync("recordings", "expire", "--dry-run")).Out, StringComparison.Ordinal);
        _commands.Environment["RECORDING_RETENTION_DAYS"] = "30";

        var dry = await _commands.RunAsync("recordings", "expire", "--dry-run");
        Assert.Contains("old-1", dry.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("new-1", dry.Out, StringComparison.Ordinal);
        Assert.Equal("published", Where("old-1"));

        var deleted = await _commands.RunAsync("recordings", "expire", "--json");
        Assert.Equal("old-1", Assert.Single(JsonDocument.Parse(deleted.Out).RootElement.EnumerateArray().ToList()).GetProperty("record_id").GetString());
        Assert.Equal(("", "published"), (Where("old-1"), Where("new-1")));
    }

    [Fact]
    public async Task Verify_tells_what_is_wrong_by_its_exit_code_and_puts_right_what_can_be()
    {
        await ImportAsync("a-1", "room");
        var right = await _commands.RunAsync("recordings", "verify", "--content");
        Assert.Equal((0, "1 formats in the catalog, 1 with files, 0 files compared, 1 formats without a manifest: all as it should be\n"), Said(right));
        Directory.CreateDirectory(Path.Combine(_folder, "published", "video", "stranger-1"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "published", "video", "stranger-1", "x"), "x");

        var wrong = await _commands.RunAsync("recordings", "verify", "--json");
        Assert.Equal(1, wrong.Code);
        var report = JsonDocument.Parse(wrong.Out).RootElement;
        Assert.Equal(1, report.GetProperty("wrong").GetInt32());
        Assert.Equal("orphaned", report.GetProperty("findings")[0].GetProperty("kind").GetString());

        var repaired = await _commands.RunAsync("recordings", "verify", "--repair");
        Assert.Equal(0, repaired.Code);
        Assert.Contains("orphaned: video/stranger-1 in published: the catalog does not know it (put right)", repaired.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _commands.RunAsync("recordings", "verify")).Code);
    }

    private static (int Code, string Out) Said(Ran ran) => (ran.Code, ran.Out.Replace(Environment.NewLine, "\n", StringComparison.Ordinal));

    private Task<string?> TenantOfAsync(string recordId) =>
        _commands.Database.ScalarAsync<string>("select tenant_id from recording_catalog where record_id = $1", recordId);

    private string Where(string recordId) => string.Join(
        '+', new[] { "published", "unpublished" }.Where(place => File.Exists(Path.Combine(_folder, place, "video", recordId, "video-0.m4v"))));

    private async Task<string> TenantAsync(string name)
    {
        var id = Guid.NewGuid().ToString();
        await AppendAsync(Streams.Tenant(id), new TenantAdded(id, name, [], DateTimeOffset.UtcNow));
        return id;
    }

    private async Task ImportAsync(string recordId, string meetingId, string tenantId = "", DateTimeOffset? endedAt = null)
    {
        var folder = Path.Combine(_folder, "published", "video", recordId);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "video-0.m4v"), "x");
        var end = (endedAt ?? DateTimeOffset.UtcNow).ToUnixTimeMilliseconds();
        await AppendAsync(Streams.Recording(recordId), new RecordingImported(
            recordId, tenantId, Guid.NewGuid(), null,
            new RecordingDescription(
                recordId, meetingId, recordId, "Room", end - 60_000, end, 2, null, false, null, [], new Dictionary<string, string> { ["bbb-origin"] = "Moodle" }),
            new RecordingFormat("video", $"/video/{recordId}/", 1, null, null, [], 1, 1, null),
            RecordingPlace.Published, Published: true, DateTimeOffset.UtcNow));
    }

    private async Task AppendAsync(string stream, object @event)
    {
        await using var host = await _commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append(stream, @event);
        await session.SaveChangesAsync();
    }
}
