using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Configuration;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Polling;
using Scalelite.EventLog.Sealing;
using Xunit;

namespace Scalelite.Api.Tests.Keeping;

public sealed class KeepingCommandTests(Commands commands) : IClassFixture<Commands>
{
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow.AddDays(-40);

    [Fact]
    public async Task Prune_shows_what_is_old_enough_and_rolls_it_up()
    {
        var server = Guid.NewGuid().ToString();
        var stream = Streams.Polls(server, LongAgo);
        await AppendAsync(stream, new ServerPolled(server, 1, LongAgo, 20, 1, [], [], LongAgo.AddMinutes(1), 0));
        var unsealed = Row(await commands.RunAsync("prune", "--dry-run", "--json"));
        Assert.Equal("it is not sealed yet", unsealed.GetProperty("stays_because").GetString());
        await SealAsync();

        var shown = Row(await commands.RunAsync("prune", "--dry-run", "--json"));
        Assert.Equal((1, 1, JsonValueKind.Null), (shown.GetProperty("events").GetInt64(), shown.GetProperty("minutes").GetInt32(), shown.GetProperty("stays_because").ValueKind));
        Assert.Equal(1L, await CountAsync(stream));

        var ran = await commands.RunAsync("prune", "--reason", "the disk is full");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Contains("Rolled up 1 streams of 1 events", ran.Out, StringComparison.Ordinal);
        Assert.Equal((0L, 1L), (await CountAsync(stream), await CountAsync(Streams.ServerDays(server))));
        Assert.Equal(
            "the disk is full",
            await commands.Database.ScalarAsync<string>("select headers ->> 'reason' from mt_events where type = 'stream_pruned' and data ->> 'Stream' = $1", stream));

        JsonElement Row(Ran listed) => JsonDocument.Parse(listed.Out).RootElement.EnumerateArray().Single(row => row.GetProperty("stream").GetString() == stream).Clone();
    }

    [Fact]
    public async Task A_meeting_is_forgotten_for_a_reason_and_only_then()
    {
        var meeting = Guid.CreateVersion7();
        await AppendAsync(
            Streams.Meeting(meeting),
            new MeetingPlaced(
                meeting, "", $"room {meeting}", "a", "Jane's office hour", null, false, new Dictionary<string, string> { ["a"] = "Jane" },
                new PlacementReason("least-load", "lowest load of 1", null, 1, [], 1), LongAgo, LongAgo));
        Assert.Contains("goes on", (await commands.RunAsync("forget", "meeting", meeting.ToString(), "--yes", "--reason", "r")).Error, StringComparison.Ordinal);
        await AppendAsync(Streams.Meeting(meeting), new PlacementFailed(meeting, "a", PlacementFailure.Refused, "refused", 1, LongAgo));

        var unreasoned = await commands.RunAsync("forget", "meeting", meeting.ToString(), "--yes");
        Assert.Equal(1, unreasoned.Code);
        Assert.Contains("--reason", unreasoned.Error, StringComparison.Ordinal);
        var shown = await commands.RunAsync("forget", "meeting", meeting.ToString(), "--dry-run");
        Assert.Equal(0, shown.Code);
        Assert.Contains("Name, Metadata", shown.Out, StringComparison.Ordinal);
        Assert.Equal("Jane's office hour", await NameAsync());

        var ran = await commands.RunAsync("forget", "meeting", meeting.ToString(), "--yes", "--json", "--reason", "asked for");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(Streams.Meeting(meeting), Assert.Single(JsonDocument.Parse(ran.Out).RootElement.EnumerateArray()).GetProperty("stream").GetString());
        Assert.Null(await NameAsync());
        var exported = await commands.RunAsync("export", "meetings", "--format", "jsonl");
        Assert.Equal((0, true, false), (exported.Code, exported.Out.Contains(meeting.ToString(), StringComparison.Ordinal), exported.Out.Contains("Jane", StringComparison.Ordinal)));
        Assert.Contains("nothing left to forget", (await commands.RunAsync("forget", "meeting", meeting.ToString(), "--yes", "--reason", "again")).Out, StringComparison.Ordinal);

        Task<string?> NameAsync() => commands.Database.ScalarAsync<string>("select name from meeting_instance where instance = $1", meeting);
    }

    [Theory]
    [InlineData("recording", "nobody")]
    [InlineData("meeting", "nobody")]
    [InlineData("meeting", "01890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData("tenant", "nobody")]
    public async Task What_is_not_there_is_said(string kind, string id)
    {
        var ran = await commands.RunAsync("forget", kind, id, "--yes", "--reason", "r");
        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.Contains(id, ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POLL_HISTORY_DAYS", "-1")]
    [InlineData("POLL_HISTORY_DAYS", "1.5")]
    [InlineData("CALLBACK_HISTORY_DAYS", "ever")]
    [InlineData("RECORDING_METADATA_DAYS", "-1")]
    public void A_value_that_cannot_be_right_stops_the_start(string name, string value) =>
        Assert.Contains(name, Assert.Single(Read(name, value).Problems), StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_pruned_for_0_and_names_of_deleted_recordings_stay_by_default()
    {
        Assert.Equal((TimeSpan.FromDays(30), TimeSpan.FromDays(90), null), Kept(Read("POLL_HISTORY_DAYS", "")));
        Assert.Equal((null, TimeSpan.FromDays(90), null), Kept(Read("POLL_HISTORY_DAYS", "0")));
        Assert.Equal((TimeSpan.FromDays(30), null, null), Kept(Read("CALLBACK_HISTORY_DAYS", "0")));
        Assert.Equal((TimeSpan.FromDays(30), TimeSpan.FromDays(90), TimeSpan.FromDays(7)), Kept(Read("RECORDING_METADATA_DAYS", "7")));

        static (TimeSpan?, TimeSpan?, TimeSpan?) Kept(SettingsReading reading) =>
            (reading.Settings!.Keeping.Polls, reading.Settings.Keeping.Callbacks, reading.Settings.Keeping.RecordingMetadata);
    }

    private static SettingsReading Read(string name, string value) => SettingsReading.From(
        new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build(), Needs.Nothing);

    private async Task SealAsync()
    {
        var sealer = new LogSealer(commands.Database.Source, new SealKey(commands.Environment["SECRET_KEY_BASE"]!), TimeProvider.System);
        await sealer.SealAsync(await commands.Database.ScalarAsync<long>("select max(seq_id) from mt_events"));
    }

    private async Task AppendAsync(string stream, params object[] events)
    {
        await using var host = await commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    private Task<long> CountAsync(string stream) => commands.Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1", stream);
}
