using Scalelite.Api.Callbacks;
using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Parameters;
using Scalelite.Domain.Placement;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Placement;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Calls;

/// <summary>
/// create (<c>bbb-api.md §3.2</c>): a meeting that has a place is forwarded there; any other is placed, and the node is asked. What the
/// node answers the caller gets untouched. Where the node did not take it, or nobody knows, the next best server is tried while there is time.
/// </summary>
internal sealed partial class CreateCall(
    LocationCache locations,
    PlacingMeetings placing,
    MeetingNodes nodes,
    MeetingRuns runs,
    Placer placer,
    StartedMeetings started,
    LrsTokens tokens,
    EndRelay ends,
    CreateOptions options,
    SecretVault vault,
    TimeProvider clock,
    ILogger<CreateCall> log) : IBbbCall
{
    private readonly LocationCache locations = locations;
    private readonly PlacingMeetings placing = placing;
    private readonly MeetingNodes nodes = nodes;
    private readonly MeetingRuns runs = runs;
    private readonly Placer placer = placer;
    private readonly StartedMeetings started = started;
    private readonly LrsTokens tokens = tokens;
    private readonly EndRelay ends = ends;
    private readonly CreateOptions options = options;
    private readonly SecretVault vault = vault;
    private readonly TimeProvider clock = clock;
    private readonly ILogger<CreateCall> log = log;

    /// <summary>Less than this before the deadline no other server is tried: its answer could not be waited for.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(1);

    public string Name => "create";

    public CallMethods Methods => CallMethods.Get | CallMethods.Post | CallMethods.PostXml;

    public Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation) =>
        MeetingIdRules.Check(request.Query["meetingID"]) is { } wrong
            ? Task.FromResult(CallAnswer.Failed(wrong))
        : !request.Tenant.Enabled ? Task.FromResult(CallAnswer.Failed(BbbErrors.TenantDisabled))
            // A caller that leaves must not break off a create in the middle: it is placed, and its node was asked.
            : new Attempt(this, request).AnswerAsync(CancellationToken.None);

    /// <summary>One create on its way.</summary>
    private sealed class Attempt
    {
        private readonly CreateCall call;
        private readonly CallRequest request;
        private readonly IReadOnlyList<Parameter> client;
        private readonly NodeBody? body;
        private readonly PlacementOrder order;
        private readonly TenantAdditions tenant;
        private readonly IReadOnlyDictionary<string, string?> callbacksForNode;

        public Attempt(CreateCall call, CallRequest request)
        {
            this.call = call;
            this.request = request;
            client = request.Query.Parameters;
            body = request.Body();
            tenant = new TenantAdditions(request.Tenant, call.tokens);
            var (urls, unusable) = CallbackMetadata.Of(client);
            foreach (var name in unusable) Log.NoCallbackUrl(call.log, name, request.CorrelationId);
            callbacksForNode = CallbackMetadata.ForNode(urls, unusable, AnalyticsCall.UrlOf(request.Http, call.options.Http));
            var settings = call.options.Parameters;
            var seen = CreateParameters.Build(client, settings, request.Tenant.Create, tenant.Names);
            var passedBy = call.ends.PassedBy;
            // Whom a default or an override names is called as if the client had named it.
            if (passedBy is not null) urls = CallbackMetadata.WithMeetingEnded(urls, CreateParameters.MetadataOf(seen));
            order = new PlacementOrder(
                request.TenantId,
                request.MeetingId,
                Storable(seen.FirstOrDefault(p => p.Name == "name").Value),
                seen.FirstOrDefault(p => p.Name == "record").Value is { } record && record.Equals("true", StringComparison.OrdinalIgnoreCase),
                ReservedMetadata.ForEvent(CreateParameters.MetadataOf(seen)).ToDictionary(m => Storable(m.Key)!, m => Storable(m.Value)!, StringComparer.Ordinal),
                CreateParameters.TagOf(client, settings, request.Tenant.Create),
                call.options.UsesExternalVoiceBridge ? request.Query["voiceBridge"] : null,
                request.ReceivedAt + call.options.Deadline,
                request.CorrelationId)
            {
                // Those of the create that begins the run count; as at a node, another create of it changes nothing.
                Callbacks = urls.Count > 0 && request.SignedWith is { } secret ? new RunCallbacks(call.vault, urls, secret.Value) : null,
                EndsPassedBy = passedBy,
            };
        }

        private TimeSpan Left => order.Deadline - call.clock.GetUtcNow();

        public async Task<CallAnswer> AnswerAsync(CancellationToken cancellation)
        {
            var held = call.locations.TryGet(request.TenantId, request.MeetingId);
            var result = held is { Placing: false, Server: { State: not AdministrativeState.Disabled, Health: not Health.Offline } }
                ? new PlacementResult.Held(held)
                : await call.placer.PlaceAsync(order, cancellation);
            while (true)
            {
                switch (result)
                {
                    case PlacementResult.Refused(var error, var tag):
                        return CallAnswer.Failed(Explain(error, tag));
                    case PlacementResult.Released:
                        return CallAnswer.Failed(BbbErrors.MeetingNotCreated);
                    case PlacementResult.Placed placed:
                        if (await CreateOnAsync(placed, cancellation) is var (answer, next) && answer is not null)
                        {
                            return answer;
                        }

                        result = next!;
                        break;
                    case PlacementResult.Held(var location) when location.Placing && Left > TimeSpan.Zero && call.clock.GetUtcNow() < location.Deadline:
                        var now = await call.placing.OutcomeAsync(location, order.Deadline, cancellation);
                        result = now is null ? await call.placer.PlaceAsync(order, cancellation) : new PlacementResult.Held(now);
                        break;
                    case PlacementResult.Held(var location):
                        if (await ForwardAsync(location, cancellation) is { } forwarded)
                        {
                            return forwarded;
                        }

                        // Its server is offline and did not answer: the meeting moves, if that has lasted long enough.
                        result = await call.placer.PlaceAsync(order with { ServerWasTried = true }, cancellation);
                        if (result is PlacementResult.Held stays && stays.Location.Server.Id == location.Server.Id)
                        {
                            return CallAnswer.Failed(BbbErrors.MeetingNotCreated);
                        }

                        break;
                    default:
                        throw new InvalidOperationException($"A placement came to {result}");
                }
            }
        }

        /// <summary>Asks the node of a new reservation. Either an answer for the caller, or what became of the next attempt.</summary>
        private async Task<(CallAnswer? Answer, PlacementResult? Next)> CreateOnAsync(PlacementResult.Placed placed, CancellationToken cancellation)
        {
            using var outcome = call.placing.Begin(placed.Instance);
            request.ServerId = placed.Server.Id;
            CreateSteps.Reached(CreateSteps.Placed, placed.Instance);
            // A run that moves has its number, and is told of as it was when it began.
            var run = placed.VoiceBridge is null ? await call.runs.FindAsync(placed.Instance, cancellation) : null;
            var ours = EndUrl(placed.Instance, placed.Server, run?.EndRelayed ?? order.RelaysEndOn(placed.Server.Id));
            var parameters = await ParametersAsync(placed.Server, placed.VoiceBridge ?? run?.VoiceBridge, placed.Tag, ours, cancellation);
            var reply = await call.nodes.CreateAsync(placed.Server, parameters, body, Max(Left), cancellation);
            if (reply is NodeReply.Answered { Failure: null } answered)
            {
                return answered.Answer.Kind == NodeAnswerKind.Success
                    ? (Started(placed, answered), null)
                    : await RefusedAsync(placed, answered, cancellation);
            }

            var failure = reply is NodeReply.NotTaken or NodeReply.Answered { IsSecretRefused: true } ? PlacementFailure.NotTaken : PlacementFailure.Uncertain;
            var goesOn = Left > LeastTime && body?.CanBeSent != false && reply is not NodeReply.NotTaken { Kind: NotTakenKind.Body };
            Log.NotCreated(call.log, placed.Instance, placed.Server.Id, reply.Failure!, failure, request.CorrelationId);
            tried.Add(placed.Server.Id);
            var next = await call.placer.PlaceAsync(
                order with { Failed = Failed(placed, failure, reply.Failure!, reply.Elapsed, goesOn) }, cancellation);
            call.locations.Drop(request.TenantId, request.MeetingId);
            return next is PlacementResult.Refused(PlacementError.NoServerAvailable, _)
                ? (CallAnswer.Failed(BbbErrors.MeetingNotCreated), null)
                : (null, next);
        }

        private readonly HashSet<string> tried = new(StringComparer.Ordinal);

        /// <summary>The node has the meeting: the caller does not wait until that is written down.</summary>
        private CallAnswer Started(PlacementResult.Placed placed, NodeReply.Answered answered)
        {
            var answer = answered.Answer;
            request.InternalMeetingId = answer.InternalMeetingId;
            CreateSteps.Reached(CreateSteps.Answered, placed.Instance);
            if (answer is { InternalMeetingId: { } internalId, CreateTime: { } createTime })
            {
                call.locations.Keep(new MeetingLocation(
                    request.TenantId, request.MeetingId, placed.Instance, Placing: false, internalId, createTime, null, call.clock.GetUtcNow(), placed.Server));
                call.started.Record(new StartedMeeting(
                    placed.Instance, placed.Server.Id, internalId, createTime, answer.VoiceBridge, answer.IsDuplicate, answer.ModeratorPassword,
                    answered.Elapsed, request.CorrelationId));
            }

            return answered.AsAnswer();
        }

        /// <summary>The node says no, for a reason that the caller is to hear: the reservation goes before the caller can ask again.</summary>
        private async Task<(CallAnswer? Answer, PlacementResult? Next)> RefusedAsync(
            PlacementResult.Placed placed, NodeReply.Answered answered, CancellationToken cancellation)
        {
            var reason = answered.Answer.MessageKey ?? answered.Answer.Message ?? "FAILED";
            await call.placer.PlaceAsync(
                order with { Failed = Failed(placed, PlacementFailure.Refused, reason, answered.Elapsed, triesNext: false) }, cancellation);
            call.locations.Drop(request.TenantId, request.MeetingId);
            return (answered.AsAnswer(), null);
        }

        /// <summary>Passes the create on to the server that has the meeting; null where that is offline and does not answer.</summary>
        private async Task<CallAnswer?> ForwardAsync(MeetingLocation location, CancellationToken cancellation)
        {
            request.At(location);
            var run = await call.runs.FindAsync(location.Instance, cancellation);
            var ours = EndUrl(location.Instance, location.Server, run?.EndRelayed ?? false);
            var parameters = await ParametersAsync(location.Server, run?.VoiceBridge, run?.ServerTag, ours, cancellation);
            var reply = await call.nodes.CreateAsync(location.Server, parameters, body, Max(Left), cancellation);
            if (reply is NodeReply.Answered { Failure: null } answered)
            {
                Confirm(location, run, answered);
                return answered.AsAnswer();
            }

            return location.Server.Health == Health.Offline && body?.CanBeSent != false ? null : CallAnswer.Failed(BbbErrors.MeetingNotCreated);
        }

        private void Confirm(MeetingLocation location, MeetingRun? run, NodeReply.Answered answered)
        {
            if (answered.Answer is not { Kind: NodeAnswerKind.Success, InternalMeetingId: { } internalId, CreateTime: { } createTime })
            {
                return;
            }

            request.InternalMeetingId = internalId;
            var known = location.InternalMeetingId;
            if (known == internalId)
            {
                if (location.Server.Health != Health.Online)
                {
                    // It answers again, and its health may be known better by the time of the join that follows.
                    call.locations.Drop(location.TenantId, location.MeetingId);
                }

                return;
            }

            // Without an id it was still being placed, by a process that is gone. With another one, the node had lost the run and begins anew.
            var replaces = known is null ? null : new Replacement(
                location.Instance, location.TenantId, location.MeetingId, order.Name ?? run?.Name, order.Record, order.Metadata, order.Callbacks, run?.EndRelayed ?? false);
            var instance = replaces is null ? location.Instance : Guid.CreateVersion7();
            call.locations.Keep(location with { Instance = instance, Placing = false, InternalMeetingId = internalId, CreateTime = createTime, Deadline = null });
            call.started.Record(new StartedMeeting(
                instance, location.Server.Id, internalId, createTime, answered.Answer.VoiceBridge, answered.Answer.IsDuplicate,
                answered.Answer.ModeratorPassword, answered.Elapsed, request.CorrelationId)
            { Replaces = replaces });
        }

        private FailedAttempt Failed(PlacementResult.Placed placed, PlacementFailure failure, string reason, TimeSpan elapsed, bool triesNext) =>
            new(placed.Instance, placed.Server.Id, failure, reason, elapsed, tried, placed.Attempt, triesNext);

        /// <summary>What the node is to call at the end; null where it gets the client's own.</summary>
        private string? EndUrl(Guid instance, PoolServer server, bool relayed) => relayed ? call.ends.UrlOf(request.Http, instance, server.Id) : null;

        private async Task<QueryParameters> ParametersAsync(PoolServer server, string? voiceBridge, string? tag, string? endUrl, CancellationToken cancellation) =>
            new(CreateParameters.Build(client, call.options.Parameters, request.Tenant.Create, await tenant.ForAsync(await call.nodes.AddressAsync(server, cancellation)) with
            {
                VoiceBridge = voiceBridge,
                ServerTag = tag,
                Callbacks = callbacksForNode,
                MaxDuration = call.options.MaxDuration,
                EndCallbackUrl = endUrl,
            }));

        /// <summary>PostgreSQL's JSON has no NUL; what the node gets is as it was sent.</summary>
        private static string? Storable(string? text) => text?.Replace('\0', '\uFFFD');

        private static TimeSpan Max(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);

        private static BbbError Explain(PlacementError error, string? tag) => error switch
        {
            PlacementError.TagUnavailable => BbbErrors.ServerTagUnavailable(tag?.TrimEnd('!') ?? ""),
            PlacementError.IdNotUnique => BbbErrors.IdNotUnique,
            PlacementError.TooManyMeetings => BbbErrors.TooManyMeetings,
            PlacementError.TooManyUsers => BbbErrors.TooManyUsers,
            _ => BbbErrors.NoServer,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "meta_{Name} is no URL to call and is left out, request {CorrelationId}")]
        public static partial void NoCallbackUrl(ILogger logger, string name, string correlationId);

        [LoggerMessage(
            Level = LogLevel.Warning, Message = "Meeting {Instance} was not created on {ServerId}: {Reason} ({Failure}), request {CorrelationId}")]
        public static partial void NotCreated(
            ILogger logger, Guid instance, string serverId, string reason, PlacementFailure failure, string correlationId);
    }
}
