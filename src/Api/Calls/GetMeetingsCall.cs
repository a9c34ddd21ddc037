using System.Buffers;
using System.Data.Common;
using Scalelite.Api.Nodes;
using Scalelite.Api.Servers;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;

namespace Scalelite.Api.Calls;

/// <summary>
/// getMeetings (<c>bbb-api.md §3.7</c>): all nodes at once, each with its own deadline; calls that arrive meanwhile share the answer.
/// A node that fails is answered for from its last poll. Never an error while anything is known.
/// </summary>
internal sealed partial class GetMeetingsCall(ServerDirectory servers, MeetingNodes nodes, LastSeenMeetings lastSeen, GetMeetingsOptions options, ILogger<GetMeetingsCall> log) : IBbbCall
{
    private const int InFlight = 64;

    private readonly Lock sharing = new();
    private Task<ReadOnlyMemory<byte>>? shared;

    public string Name => "getMeetings";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (options.Disabled)
        {
            return CallAnswer.Success(BbbXml.NoMeetings);
        }

        Task<ReadOnlyMemory<byte>> answer;
        lock (sharing)
        {
            // Not for one caller alone, so that its leaving ends nothing for the others.
            answer = shared is { IsCompleted: false } ? shared : shared = CollectAsync();
        }

        return CallAnswer.Success(await answer.WaitAsync(cancellation));
    }

    private async Task<ReadOnlyMemory<byte>> CollectAsync()
    {
        await Task.Yield();
        var asked = (await servers.ListAsync(CancellationToken.None))
            .Where(s => s is { State: not AdministrativeState.Disabled, Health: not Health.Offline })
            .ToArray();
        var answers = new NodeMeetings?[asked.Length];
        await Parallel.ForAsync(0, asked.Length, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (i, cancellation) =>
            answers[i] = (await nodes.GetMeetingsAsync(asked[i], cancellation)).Meetings);

        var known = await KnownAsync([.. asked.Where((_, i) => answers[i] is null)]);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        BbbXml.WriteMeetings(buffer, answers.Where(a => a is not null).SelectMany(a => a!.Elements).Concat(known));
        return buffer.WrittenMemory;
    }

    private async Task<IEnumerable<ReadOnlyMemory<byte>>> KnownAsync(PoolServer[] silent)
    {
        if (silent.Length == 0)
        {
            return [];
        }

        IReadOnlyList<LastSeenMeeting> meetings;
        try
        {
            meetings = await lastSeen.OnServersAsync([.. silent.Select(s => s.Id)], CancellationToken.None);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.NotKnown(log, silent.Length, away.Message);
            return [];
        }

        return meetings.Select(m => (ReadOnlyMemory<byte>)new KnownMeeting(
            m.Name ?? m.MeetingId, m.MeetingId, m.InternalMeetingId, m.CreateTime, m.VoiceBridge, m.Users > 0, m.Recording,
            m.Users, m.Moderators, m.Voice, m.Videos, m.IsBreakout, m.ParentMeetingId, m.Metadata).ToXml());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "getMeetings leaves {Servers} servers out, which do not answer: PostgreSQL is away: {Why}")]
        public static partial void NotKnown(ILogger logger, int servers, string why);
    }
}

/// <summary>GET_MEETINGS_API_DISABLED.</summary>
internal sealed record GetMeetingsOptions(bool Disabled);
