using System.Text.Json;
using Scalelite.Domain.Polling;

namespace Scalelite.Workers.History;

/// <summary>
/// Reads a <see cref="ServerPolled"/> by hand: polls are most of a log's bytes, and this is several times as quick as a serializer that looks up
/// constructors. Members that it does not know are left out, members that are not there have their type's default.
/// </summary>
internal static class PolledJson
{
    public static ServerPolled Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var (serverId, round, elapsed, successes, load) = ("", 0L, 0, 0, (long?)null);
        var (began, next) = (default(DateTimeOffset), default(DateTimeOffset));
        List<PolledMeeting> meetings = [];
        List<Guid> missing = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ServerId"u8)) serverId = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("Round"u8)) round = Long(ref reader);
            else if (reader.ValueTextEquals("BeganAt"u8)) began = Time(ref reader);
            else if (reader.ValueTextEquals("ElapsedMs"u8)) elapsed = Int(ref reader);
            else if (reader.ValueTextEquals("Successes"u8)) successes = Int(ref reader);
            else if (reader.ValueTextEquals("NextPollAt"u8)) next = Time(ref reader);
            else if (reader.ValueTextEquals("Load"u8)) load = reader.Read() && reader.TokenType != JsonTokenType.Null ? reader.GetInt64() : null;
            else if (reader.ValueTextEquals("Meetings"u8)) meetings = ReadMeetings(ref reader);
            else if (reader.ValueTextEquals("Missing"u8)) missing = ReadIds(ref reader);
            else reader.Skip();
        }

        return new ServerPolled(serverId, round, began, elapsed, successes, meetings, missing, next, load);
    }

    private static List<PolledMeeting> ReadMeetings(ref Utf8JsonReader reader)
    {
        var meetings = new List<PolledMeeting>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) meetings.Add(ReadMeeting(ref reader));
        return meetings;
    }

    private static PolledMeeting ReadMeeting(ref Utf8JsonReader reader)
    {
        var (meetingId, internalId, parent) = ("", "", (string?)null);
        var (createTime, joinsBefore) = (0L, 0L);
        var (users, moderators, voice, videos) = (0, 0, 0, 0);
        var (recording, isBreakout) = (false, false);
        Guid? instance = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("Users"u8)) users = Int(ref reader);
            else if (reader.ValueTextEquals("Voice"u8)) voice = Int(ref reader);
            else if (reader.ValueTextEquals("Videos"u8)) videos = Int(ref reader);
            else if (reader.ValueTextEquals("Instance"u8)) instance = reader.Read() && reader.TokenType != JsonTokenType.Null ? reader.GetGuid() : null;
            else if (reader.ValueTextEquals("MeetingId"u8)) meetingId = Text(ref reader) ?? "";
            else if (reader.ValueTextEquals("Recording"u8)) recording = Flag(ref reader);
            else if (reader.ValueTextEquals("CreateTime"u8)) createTime = Long(ref reader);
            else if (reader.ValueTextEquals("IsBreakout"u8)) isBreakout = Flag(ref reader);
            else if (reader.ValueTextEquals("Moderators"u8)) moderators = Int(ref reader);
            else if (reader.ValueTextEquals("JoinsBefore"u8)) joinsBefore = Long(ref reader);
            else if (reader.ValueTextEquals("ParentMeetingId"u8)) parent = Text(ref reader);
            else if (reader.ValueTextEquals("InternalMeetingId"u8)) internalId = Text(ref reader) ?? "";
            else reader.Skip();
        }

        return new PolledMeeting(
            meetingId, internalId, createTime, users, moderators, voice, videos, recording, isBreakout, parent, instance, joinsBefore);
    }

    private static List<Guid> ReadIds(ref Utf8JsonReader reader)
    {
        var ids = new List<Guid>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String) ids.Add(reader.GetGuid());
        return ids;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static int Int(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt32();
    }

    private static long Long(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    private static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetBoolean();
    }

    private static DateTimeOffset Time(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetDateTimeOffset();
    }
}
