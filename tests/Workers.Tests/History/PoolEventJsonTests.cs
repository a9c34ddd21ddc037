using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scalelite.Domain.History;
using Scalelite.Domain.Polling;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Workers.History;
using Xunit;

namespace Scalelite.Workers.Tests.History;

public sealed class PoolEventJsonTests
{
    private static readonly JsonSerializerOptions Stored = new() { Converters = { new JsonStringEnumConverter() }, Encoder = JavaScriptEncoder.Default };

    [Fact]
    public void Events_are_read_as_they_were_written()
    {
        var choices = new byte[300];
        new Random(7).NextBytes(choices);
        var names = PoolEvents.ByName.ToDictionary(named => named.Value, named => named.Key);
        var read = 0;
        foreach (var told in RandomStory.Of(7, choices).Events)
        {
            if (!names.TryGetValue(told.Event.GetType(), out var name)) continue;
            var json = JsonSerializer.SerializeToUtf8Bytes(told.Event, told.Event.GetType(), Stored);
            var back = PoolEventJson.Read(name, json);
            Assert.Equal(JsonSerializer.Serialize(told.Event, told.Event.GetType(), Stored), JsonSerializer.Serialize(back, back.GetType(), Stored));
            read++;
        }

        Assert.True(read > 100, $"only {read} were read");
    }

    [Fact]
    public void A_poll_with_members_in_another_order_with_unknown_ones_and_without_some_is_read()
    {
        var instance = Guid.NewGuid();
        var json = $$"""
            {"Load": 7, "New": {"Deep": [1, {"ServerId": "no"}]}, "Missing": ["{{instance}}"], "Round": 4, "ServerId": "a", "Meetings": [
              {"Users": 3, "MeetingId": "rööm \"1\"", "Other": [[]], "Instance": "{{instance}}", "InternalMeetingId": "int", "CreateTime": 5, "ParentMeetingId": "p",
               "Moderators": 1, "Voice": 2, "Videos": 1, "Recording": true, "IsBreakout": true, "JoinsBefore": 9}, {"MeetingId": "x", "InternalMeetingId": "y"}],
             "BeganAt": "2026-03-02T09:00:00.1234567+01:00"}
            """;
        var polled = (ServerPolled)PoolEventJson.Read("server_polled", System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(("a", 4L, 7L, new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero).AddTicks(1234567)), (polled.ServerId, polled.Round, polled.Load, polled.BeganAt));
        Assert.Equal([instance], polled.Missing);
        Assert.Equal(
            [new PolledMeeting("rööm \"1\"", "int", 5, 3, 1, 2, 1, true, true, "p", instance, 9), new PolledMeeting("x", "y", 0, 0, 0, 0, 0, false, false, null, null, 0)],
            polled.Meetings);
    }
}
