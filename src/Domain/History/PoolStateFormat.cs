using Scalelite.Domain.Servers;

namespace Scalelite.Domain.History;

/// <summary>A <see cref="PoolState"/> as bytes, for checkpoints. No name of a meeting is in it, so nothing in it can be asked to be forgotten.</summary>
public static class PoolStateFormat
{
    /// <summary>Raised whenever the bytes, or what the fold makes of events, change: checkpoints of another version are ignored, and made anew.</summary>
    public const int Version = 1;

    /// <summary>The state as bytes, not compressed.</summary>
    public static byte[] Write(PoolState state)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write7BitEncodedInt(state.Servers.Count);
        foreach (var server in state.Servers.Values)
        {
            Write(writer, server);
            Write(writer, SeenLater(state, server));
        }

        writer.Write7BitEncodedInt(state.Meetings.Count);
        foreach (var meeting in state.Meetings.Values) Write(writer, meeting);
        writer.Write7BitEncodedInt(state.Copies.Count);
        foreach (var copy in state.Copies) Write(writer, copy);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The state that <see cref="Write(PoolState)"/> wrote.</summary>
    /// <param name="bytes">To be read to the end of the state.</param>
    public static PoolState Read(Stream bytes)
    {
        using var reader = new BinaryReader(bytes, System.Text.Encoding.UTF8, leaveOpen: true);
        var state = new PoolState();
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--) state.Add(ReadServer(reader));
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--) state.Add(ReadMeeting(reader));
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
            state.Add(new PastCopy(Id(reader), reader.ReadString(), reader.ReadString(), Text(reader), reader.ReadString(), Time(reader)));
        return state;
    }

    /// <summary>Those of the last answer, and those before it that a meeting here may still be told by: an hour of ended ones is not worth its bytes.</summary>
    private static List<SeenMeeting> SeenLater(PoolState state, PastServer server)
    {
        var ids = state.MeetingsOn(server.Id).Values.Select(meeting => meeting.InternalMeetingId)
            .Concat(state.Copies.Where(copy => copy.ServerId == server.Id).Select(copy => copy.InternalMeetingId))
            .Where(id => id is not null).ToHashSet(StringComparer.Ordinal);
        return [.. server.Seen.Where(seen => seen.Round == server.AnsweredRound || ids.Contains(seen.InternalMeetingId))];
    }

    private static void Write(BinaryWriter writer, PastServer server)
    {
        writer.Write(server.Id);
        Write(writer, server.RegisteredAt);
        writer.Write(server.Url);
        writer.Write(server.SecretFingerprint);
        writer.Write(server.Multiplier);
        Write(writer, server.Tag);
        writer.Write((byte)server.State);
        writer.Write((byte)server.Health);
        Write(writer, server.OfflineSince);
        Write(writer, server.Version);
        writer.Write(server.Capacity ?? -1);
        writer.Write7BitEncodedInt64(server.Round);
        Write(writer, server.PolledAt);
        writer.Write7BitEncodedInt64(server.AnsweredRound);
        Write(writer, server.AnsweredAt);
        writer.Write7BitEncodedInt(server.Failures);
        Write(writer, server.Error);
        writer.Write7BitEncodedInt(server.Users);
        writer.Write7BitEncodedInt(server.LargestMeeting);
        writer.Write7BitEncodedInt(server.Videos);
    }

    private static void Write(BinaryWriter writer, List<SeenMeeting> meetings)
    {
        writer.Write7BitEncodedInt(meetings.Count);
        foreach (var seen in meetings)
        {
            writer.Write(seen.MeetingId);
            writer.Write(seen.InternalMeetingId);
            writer.Write(seen.CreateTime);
            writer.Write7BitEncodedInt64(seen.Round);
            Write(writer, seen.LastSeenAt);
            writer.Write(seen.Instance is not null);
            if (seen.Instance is { } instance) Write(writer, instance);
            writer.Write7BitEncodedInt(seen.Users);
            writer.Write7BitEncodedInt(seen.Moderators);
            writer.Write7BitEncodedInt64(seen.JoinsBefore);
        }
    }

    private static PastServer ReadServer(BinaryReader reader)
    {
        var server = new PastServer(reader.ReadString(), Time(reader))
        {
            Url = reader.ReadString(),
            SecretFingerprint = reader.ReadString(),
            Multiplier = reader.ReadDecimal(),
            Tag = Text(reader),
            State = (AdministrativeState)reader.ReadByte(),
            Health = (Health)reader.ReadByte(),
            OfflineSince = TimeOrNull(reader),
            Version = Text(reader),
            Capacity = reader.ReadInt32() is >= 0 and var users ? users : null,
            Round = reader.Read7BitEncodedInt64(),
            PolledAt = TimeOrNull(reader),
            AnsweredRound = reader.Read7BitEncodedInt64(),
            AnsweredAt = TimeOrNull(reader),
            Failures = reader.Read7BitEncodedInt(),
            Error = Text(reader),
            Users = reader.Read7BitEncodedInt(),
            LargestMeeting = reader.Read7BitEncodedInt(),
            Videos = reader.Read7BitEncodedInt(),
        };
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            server.Add(new SeenMeeting(reader.ReadString(), reader.ReadString(), reader.ReadInt64())
            {
                Round = reader.Read7BitEncodedInt64(),
                LastSeenAt = Time(reader),
                Instance = reader.ReadBoolean() ? Id(reader) : null,
                Users = reader.Read7BitEncodedInt(),
                Moderators = reader.Read7BitEncodedInt(),
                JoinsBefore = reader.Read7BitEncodedInt64(),
            });
        }

        return server;
    }

    private static void Write(BinaryWriter writer, PastMeeting meeting)
    {
        Write(writer, meeting.Instance);
        writer.Write(meeting.TenantId);
        writer.Write(meeting.MeetingId);
        writer.Write(meeting.ServerId);
        Write(writer, meeting.PlacedAt);
        writer.Write(meeting.Placing);
        Write(writer, meeting.InternalMeetingId);
        Write(writer, meeting.VoiceBridge);
        writer.Write7BitEncodedInt64(meeting.Joins);
        writer.Write(meeting.JoinServers?.Count ?? -1);
        foreach (var server in meeting.JoinServers ?? []) writer.Write(server);
    }

    private static PastMeeting ReadMeeting(BinaryReader reader) =>
        new(Id(reader), reader.ReadString(), reader.ReadString(), reader.ReadString(), Time(reader))
        {
            Placing = reader.ReadBoolean(),
            InternalMeetingId = Text(reader),
            VoiceBridge = Text(reader),
            Joins = reader.Read7BitEncodedInt64(),
            JoinServers = ReadJoinServers(reader),
        };

    private static string[]? ReadJoinServers(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0) return null;
        var servers = new string[count];
        for (var i = 0; i < count; i++) servers[i] = reader.ReadString();
        return servers;
    }

    private static void Write(BinaryWriter writer, PastCopy copy)
    {
        Write(writer, copy.Instance);
        writer.Write(copy.ServerId);
        writer.Write(copy.MeetingId);
        Write(writer, copy.InternalMeetingId);
        writer.Write(copy.Reason);
        Write(writer, copy.Since);
    }

    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null) writer.Write(text);
    }

    private static void Write(BinaryWriter writer, DateTimeOffset time) => writer.Write(time.UtcTicks);

    private static void Write(BinaryWriter writer, DateTimeOffset? time) => writer.Write(time?.UtcTicks ?? 0);

    private static void Write(BinaryWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        writer.Write(bytes);
    }

    private static string? Text(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static DateTimeOffset Time(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    private static DateTimeOffset? TimeOrNull(BinaryReader reader) => reader.ReadInt64() is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static Guid Id(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        reader.BaseStream.ReadExactly(bytes);
        return new Guid(bytes);
    }
}
