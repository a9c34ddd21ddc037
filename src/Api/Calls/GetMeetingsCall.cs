using System.Buffers;
using System.Data.Common;
using Scalelite.Api.Nodes;
using Scalelite.Api.Servers;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tenants;

namespace Scalelite.Api.Calls;

/// <summary>
/// getMeetings (<c>bbb-api.md §3.7</c>): all nodes at once, each with its own deadline; calls that arrive meanwhile share the answer.
/// A node that fails is answered for from its last poll. Never an error while anything is known.
/// </summary>
internal sealed partial class GetMeetingsCall(
    ServerDirectory servers,
    MeetingNodes nodes,
    LastSeenMeetings lastSeen,
    TenantMeetings located,
    TenantDirectory tenants,
    GetMeetingsOptions options,
    ILogger<GetMeetingsCall> log) : IBbbCall
{
    private const int InFlight = 64;

    private readonly Lock sharing = new();
    private Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>>? shared;

    public string Name => "getMeetings";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (options.Disabled)
        {
            return CallAnswer.Success(BbbXml.NoMeetings);
        }

        Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> answers;
        lock (sharing)
        {
            // Not for one caller alone, so that its leaving ends nothing for the others.
            answers = shared is { IsCompleted: false } ? shared : shared = CollectAsync();
        }

        return CallAnswer.Success((await answers.WaitAsync(cancellation)).GetValueOrDefault(request.TenantId, BbbXml.NoMeetings));
    }

    /// <summary>The answer for each tenant that has a meeting; without multitenancy for the one with the empty id.</summary>
    private async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> CollectAsync()
    {
        await Task.Yield();
        var asked = (await servers.ListAsync(CancellationToken.None))
            .Where(s => s is { State: not AdministrativeState.Disabled, Health: not Health.Offline })
            .ToArray();
        var answers = new NodeMeetings?[asked.Length];
        await Parallel.ForAsync(0, asked.Length, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (i, cancellation) =>
            answers[i] = (await nodes.GetMeetingsAsync(asked[i], cancellation)).Meetings);

        var known = await KnownAsync([.. asked.Where((_, i) => answers[i] is null)]);
        if (!tenants.Enabled)
        {
            return Write([("", answers.Where(a => a is not null).SelectMany(a => a!.Elements).Concat(known.Select(Element)))]);
        }

        // Read after the nodes answered, so that a meeting that was placed meanwhile has its owner.
        var owners = await MeetingOwners.ReadAsync(located, CancellationToken.None);
        var owned = new List<(string TenantId, ReadOnlyMemory<byte> Element)>();
        for (var i = 0; i < asked.Length; i++)
        {
            if (answers[i] is { } answer)
            {
                owned.AddRange(owners.Of(asked[i].Id, [.. answer.Meetings.Select(Ownable)]).Zip(answer.Elements));
            }
        }

        foreach (var server in known.GroupBy(m => m.ServerId, StringComparer.Ordinal))
        {
            owned.AddRange(owners.Of(server.Key, [.. server.Select(Ownable)]).Zip(server.Select(Element)));
        }

        return Write(owned.GroupBy(m => m.TenantId, m => m.Element, StringComparer.Ordinal).Select(t => (t.Key, t.AsEnumerable())));
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> Write(IEnumerable<(string TenantId, IEnumerable<ReadOnlyMemory<byte>> Elements)> meetings)
    {
        var answers = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (tenantId, elements) in meetings)
        {
            var buffer = new ArrayBufferWriter<byte>(64 * 1024);
            BbbXml.WriteMeetings(buffer, elements);
            answers[tenantId] = buffer.WrittenMemory;
        }

        return answers;
    }

    private async Task<IReadOnlyList<LastSeenMeeting>> KnownAsync(PoolServer[] silent)
    {
        if (silent.Length == 0)
        {
            return [];
        }

        try
        {
            return await lastSeen.OnServersAsync([.. silent.Select(s => s.Id)], CancellationToken.None);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Log.NotKnown(log, silent.Length, away.Message);
            return [];
        }
    }

    private static ReadOnlyMemory<byte> Element(LastSeenMeeting m) => new KnownMeeting(
        m.Name ?? m.MeetingId, m.MeetingId, m.InternalMeetingId, m.CreateTime, m.VoiceBridge, m.Users > 0, m.Recording,
        m.Users, m.Moderators, m.Voice, m.Videos, m.IsBreakout, m.ParentMeetingId, m.Metadata).ToXml();

    private static OwnedMeeting Ownable(NodeMeeting m) => new(m.MeetingId, m.InternalMeetingId, m.IsBreakout, m.ParentMeetingId, m.TenantId);

    private static OwnedMeeting Ownable(LastSeenMeeting m) =>
        new(m.MeetingId, m.InternalMeetingId, m.IsBreakout, m.ParentMeetingId, m.Metadata.GetValueOrDefault(ReservedMetadata.TenantId));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "getMeetings leaves {Servers} servers out, which do not answer: PostgreSQL is away: {Why}")]
        public static partial void NotKnown(ILogger logger, int servers, string why);
    }
}

/// <summary>GET_MEETINGS_API_DISABLED.</summary>
internal sealed record GetMeetingsOptions(bool Disabled);
