using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.History;
using Scalelite.Domain.Servers;
using Scalelite.Domain.WhatIf;
using Scalelite.Workers.History;

namespace Scalelite.Workers.WhatIf;

/// <summary>
/// What happened in a time, as far as placing is concerned, in order: arrivals with the sizes that meetings really had, and what became of
/// servers. It lives from the meetings' and the servers' own streams, which nothing prunes, and holds what is live.
/// </summary>
public sealed class PastHappenings(NpgsqlDataSource database)
{
    private const int Batch = 2000;

    private static readonly string[] MeetingTypes =
        ["meeting_placed", "meeting_started", "meeting_adopted", "meeting_moved", "meeting_ended"];

    // A run's UUID is made by the clock of its process, its events' times are the database's.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    /// <summary>What happened from one moment until just before another; what became of servers, from the beginning of the log.</summary>
    /// <param name="pollInterval">POLL_INTERVAL of that time.</param>
    public async IAsyncEnumerable<Happening> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, TimeSpan pollInterval, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var servers = await ReadServersAsync(to, cancellation);
        var next = 0;
        await foreach (var happening in ReadMeetingsAsync(from, to, pollInterval, cancellation))
        {
            for (; next < servers.Count && servers[next].At <= happening.At; next++)
                yield return servers[next];
            yield return happening;
        }

        for (; next < servers.Count; next++)
            yield return servers[next];
    }

    /// <summary>Moderators among the users of the meetings that polls saw within the last hour; 0 where there is none to tell.</summary>
    public async Task<double> ReadModeratorShareAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select coalesce(sum(moderators)::float8 / nullif(sum(users), 0), 0) from polled_meeting");
        return (double)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The ids of all servers that there ever were, with their URLs.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadServerIdsAsync(CancellationToken cancellation)
    {
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var happened in await ReadServersAsync(DateTimeOffset.MaxValue, cancellation))
        {
            if (happened.Event is ServerRegistered registered) urls[registered.ServerId] = registered.Url;
            if (happened.Event is ServerUrlChanged changed) urls[changed.ServerId] = changed.Url;
        }

        return urls;
    }

    private async Task<List<ServerHappened>> ReadServersAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        string[] types = [.. PoolEvents.ByName.Where(type => type.Value.Namespace == typeof(ServerRegistered).Namespace).Select(type => type.Key)];
        await using var command = database.CreateCommand(
            """
            select e.type, e.data from mt_streams s join mt_events e on e.stream_id = s.id
            where s.id like 'server-%' and s.id not like 'server-days-%' and e.type = any($1)
            order by e.seq_id
            """);
        command.Parameters.AddWithValue(types);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var happened = new List<ServerHappened>();
        while (await row.ReadAsync(cancellation))
        {
            var @event = PoolEventJson.Read(row.GetString(0), row.GetFieldValue<byte[]>(1));
            happened.Add(new ServerHappened((DateTimeOffset)@event.GetType().GetProperty("At")!.GetValue(@event)!, @event));
        }

        // Who wrote an event set its time: two writers' times and numbers may disagree by a moment.
        return [.. happened.Where(one => one.At < until).OrderBy(one => one.At)];
    }

    private async IAsyncEnumerable<Happening> ReadMeetingsAsync(
        DateTimeOffset from, DateTimeOffset to, TimeSpan pollInterval, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reading = new PastRun(pollInterval, await ReadLiveCurvesAsync(cancellation), to);
        var waiting = new PriorityQueue<Happening, (DateTimeOffset At, long Number)>();
        var story = new List<PastMeetingRow>();
        await foreach (var row in ReadRowsAsync(from - ClockSkew, to + ClockSkew, cancellation))
        {
            if (story.Count > 0 && story[0].Stream != row.Stream)
            {
                Tell(RunOf(story[0].Stream));
                story.Clear();
                // Whatever comes now was placed after that.
                var passed = BeganAt(RunOf(row.Stream)) - ClockSkew;
                while (waiting.TryPeek(out var first, out var when) && when.At < passed)
                {
                    waiting.Dequeue();
                    yield return first;
                }
            }

            story.Add(row);
        }

        if (story.Count > 0)
            Tell(RunOf(story[0].Stream));
        while (waiting.TryDequeue(out var last, out _))
            yield return last;

        void Tell(Guid run)
        {
            foreach (var (happening, number) in reading.Read(run, story))
                if (happening.At >= from && happening.At < to)
                    waiting.Enqueue(happening, (happening.At, number));
        }
    }

    // In short statements: no reader holds a transaction open. The next one runs while what the last one read is placed.
    private async IAsyncEnumerable<PastMeetingRow> ReadRowsAsync(
        DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = StreamAt(to);
        var reading = ReadBatchAsync(StreamAt(from), 0, last, cancellation);
        while (true)
        {
            var read = await reading;
            var more = read.Count == Batch;
            if (more) reading = ReadBatchAsync(read[^1].Stream, read[^1].Version, last, cancellation);
            foreach (var one in read) yield return one;
            if (!more) yield break;
        }
    }

    private async Task<List<PastMeetingRow>> ReadBatchAsync(string stream, long version, string last, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(PastMeetingRow.Sql);
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(last);
        command.Parameters.AddWithValue(MeetingTypes);
        command.Parameters.AddWithValue(Batch);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var read = new List<PastMeetingRow>(Batch);
        while (await row.ReadAsync(cancellation)) read.Add(PastMeetingRow.Read(row));
        return read;
    }

    // Of meetings that go on: the polls tell what their end would.
    private async Task<Dictionary<Guid, int[]>> ReadLiveCurvesAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            select l.instance, coalesce(p.curve, '{}')
            from meeting_location l
            left join polled_meeting p on p.server_id = l.server_id and p.internal_meeting_id = l.internal_meeting_id
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var curves = new Dictionary<Guid, int[]>();
        while (await row.ReadAsync(cancellation)) curves[row.GetGuid(0)] = row.GetFieldValue<int[]>(1);
        return curves;
    }

    // The least key that a run could have which began at that moment.
    private static string StreamAt(DateTimeOffset moment)
    {
        var milliseconds = Math.Max(0, moment.ToUnixTimeMilliseconds());
        return Streams.Meeting(new Guid((int)(milliseconds >> 16), (short)(milliseconds & 0xFFFF), 0, new byte[8]));
    }

    private static Guid RunOf(string stream) => Guid.Parse(stream.AsSpan("meeting-".Length));

    private static DateTimeOffset BeganAt(Guid run)
    {
        Span<byte> bytes = stackalloc byte[16];
        run.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = 0L;
        foreach (var one in bytes[..6]) milliseconds = (milliseconds << 8) | one;
        return milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
