using System.Buffers;
using Scalelite.Api.Nodes;
using Scalelite.Api.Servers;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Tenants;

namespace Scalelite.Api.Calls;

/// <summary>getSessions (<c>bbb-api.md §3.8</c>): the sessions of all nodes that answer, together; with tenants, those of the caller's meetings.</summary>
internal sealed class GetSessionsCall(ServerDirectory servers, MeetingNodes nodes, TenantMeetings located, TenantDirectory tenants) : IBbbCall
{
    private const int InFlight = 64;

    public string Name => "getSessions";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        var asked = (await servers.ListAsync(cancellation))
            .Where(s => s is { State: not AdministrativeState.Disabled, Health: not Health.Offline })
            .ToArray();
        var answers = new ReadOnlyMemory<byte>[asked.Length];
        await Parallel.ForAsync(0, asked.Length, new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellation }, async (i, stop) =>
        {
            if (await nodes.ListAsync(asked[i], Name, stop) is NodeReply.Answered { Failure: null, Answer.Kind: NodeAnswerKind.Success } answered)
            {
                answers[i] = tenants.Enabled ? answered.Body : Sessions(answered.Body);
            }
        });
        if (answers.All(a => a.IsEmpty))
        {
            return CallAnswer.Success(BbbXml.NoSessions);
        }

        if (tenants.Enabled)
        {
            var owners = await MeetingOwners.ReadAsync(located, cancellation);
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = Own(answers[i], owners, request.TenantId);
            }

            if (answers.All(a => a.IsEmpty))
            {
                return CallAnswer.Success(BbbXml.NoSessions);
            }
        }

        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var xml = new AnswerWriter(buffer).BeginSuccess().Begin("sessions"u8);
        foreach (var sessions in answers)
        {
            xml.Raw(sessions.Span);
        }

        xml.End("sessions"u8).EndResponse();
        return CallAnswer.Success(buffer.WrittenMemory);
    }

    /// <summary>The elements of the tenant's sessions; what belongs to nobody is shown to nobody.</summary>
    private static ReadOnlyMemory<byte> Own(ReadOnlyMemory<byte> answer, MeetingOwners owners, string tenantId)
    {
        var own = new ArrayBufferWriter<byte>();
        foreach (var session in NodeSessions.Parse(answer))
        {
            if (owners.OfRun(session.MeetingId) == tenantId)
            {
                own.Write(session.Element.Span);
            }
        }

        return own.WrittenMemory;
    }

    /// <summary>What stands between <c>&lt;sessions&gt;</c> and its end, of an answer that was well-formed.</summary>
    private static ReadOnlyMemory<byte> Sessions(ReadOnlyMemory<byte> answer)
    {
        var begin = answer.Span.IndexOf("<sessions>"u8);
        var end = answer.Span.LastIndexOf("</sessions>"u8);
        return begin < 0 || end < begin ? default : answer[(begin + "<sessions>"u8.Length)..end];
    }
}
