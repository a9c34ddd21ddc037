using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Joins;

namespace Scalelite.Api.Calls;

/// <summary>
/// join (<c>bbb-api.md §3.3</c>): 302 to the meeting's node, signed with the node's secret. Nothing is written and no lock is taken:
/// where the meeting is comes from the cache or one indexed read.
/// </summary>
internal sealed class JoinCall(
    LocationCache locations, MeetingRuns runs, MeetingNodes nodes, JoinCounter joins, JoinOptions options) : IBbbCall
{
    public string Name => "join";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.MeetingId.Length == 0)
        {
            return CallAnswer.Failed(BbbErrors.MissingMeetingIdScalelite);
        }

        if (!request.Tenant.Enabled)
        {
            return CallAnswer.Failed(BbbErrors.TenantDisabled);
        }

        if (await locations.FindAsync(request.TenantId, request.MeetingId, cancellation) is not { } location)
        {
            return CallAnswer.Failed(BbbErrors.MeetingNotFoundScalelite);
        }

        request.At(location);
        if (location.Server is { State: AdministrativeState.Disabled } or { Health: Health.Offline }
            || await nodes.AddressAsync(location.Server, cancellation) is not { } node)
        {
            return CallAnswer.Failed(BbbErrors.ServerUnavailable);
        }

        var parameters = new QueryParameters(JoinParameters.Build(request.Query.Parameters, options.Parameters, request.Tenant.Join));
        await CorrectCreateTimeAsync(parameters, location, cancellation);
        joins.Count(location.Instance, location.Server.Id);
        return CallAnswer.Redirect(NodeUrl.Sign(node, Name, parameters, options.Algorithm));
    }

    /// <summary>
    /// A link from before the meeting moved bears the createTime of the copy it left; people get into the current one.
    /// A createTime of another run is left for the node to refuse.
    /// </summary>
    private async Task CorrectCreateTimeAsync(QueryParameters parameters, MeetingLocation location, CancellationToken cancellation)
    {
        if (location.CreateTime is not { } current
            || !long.TryParse(parameters["createTime"], out var asked)
            || asked == current)
        {
            return;
        }

        var run = await runs.FindAsync(location.Instance, cancellation);
        if (run?.CreateTimes.Contains(asked) == true)
        {
            parameters.Set("createTime", current.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>How joins are signed and what is added to them.</summary>
internal sealed record JoinOptions(ParameterSettings Parameters, ChecksumAlgorithm Algorithm);
