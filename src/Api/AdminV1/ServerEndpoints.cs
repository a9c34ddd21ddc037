using System.ComponentModel;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.AdminV1;

/// <summary>The servers of the pool: what is done to them is what the command line does.</summary>
internal static class ServerEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/servers", "listServers", "The servers in order of registration, with state, health and load", AdminRole.Viewer, ListAsync)
        {
            Query =
            [
                new("state", "Only those in this state", QueryKind.Text, "enabled", "cordoned", "disabled"),
                new("health", "Only those of this health", QueryKind.Text, "online", "suspect", "offline"),
            ],
            Result = typeof(Page<ServerRow>),
        },
        new("POST", "/servers", "addServer", "Add a server, disabled. With an id of your own it may be sent again: 200 where it is in the pool with that URL and secret", AdminRole.Admin, AddAsync)
        {
            Body = typeof(NewServer), Result = typeof(ServerRow), Success = StatusCodes.Status201Created, Problems = [ProblemKind.Conflict, ProblemKind.Refused],
        },
        new("GET", "/servers/{id}", "getServer", "A server", AdminRole.Viewer, call => ShowAsync(call, call.Route("id"))) { Result = typeof(ServerRow) },
        new("PATCH", "/servers/{id}", "changeServer", "Change a server's URL, secret, multiplier or tag; what is not given stays", AdminRole.Admin, ChangeAsync)
        {
            Body = typeof(ServerChanges), Result = typeof(ServerRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new("PUT", "/servers/{id}/state", "setServerState", "Enable a server, drain it (cordoned), or disable it", AdminRole.Operator, SetStateAsync)
        {
            Body = typeof(WantedState), Result = typeof(ServerRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new("POST", "/servers/{id}/panic", "panicServer", "Give a server's meetings up, whatever its node says, and disable it unless its state is to be kept", AdminRole.Operator, PanicAsync)
        {
            Body = typeof(Panic), Result = typeof(Panicked), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new("DELETE", "/servers/{id}", "removeServer", "Take a server out of the pool", AdminRole.Admin, RemoveAsync)
        {
            Query = [new("force", "Also with meetings on it; they end with it", QueryKind.Flag)],
            Success = StatusCodes.Status204NoContent, NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new("GET", "/servers/{id}/events", "listServerEvents", "What happened to a server, also to one that is gone: who changed it, from where and why", AdminRole.Viewer,
            call => EventPages.AnswerAsync(call, Streams.Server(call.Route("id")), "server"))
        {
            Query = EventPages.Query, Result = typeof(EventPage),
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var (state, health) = (call.Query("state"), call.Query("health"));
        var rows = (await ReadAsync(call)).Where(server =>
            (state is null || PoolServer.ReadState(state) == server.Server.State) && (health is null || PoolServer.ReadHealth(health) == server.Server.Health));
        return ApiAnswer.Ok(new Page<ServerRow>([.. rows.Select(ServerRow.From)], null));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call, string id, int status = StatusCodes.Status200OK)
    {
        if (!ServerAddress.IsId(id)) return ApiAnswer.Unknown("server", id);
        var version = await call.VersionAsync(Streams.Server(id));
        return (await ReadAsync(call)).FirstOrDefault(server => server.Server.Id == id) is { } found
            ? new ApiAnswer(status, ServerRow.From(found)) { Version = version }
            : ApiAnswer.Unknown("server", id);
    }

    private static async Task<ApiAnswer> AddAsync(ApiCall call)
    {
        var given = call.Body<NewServer>();
        if (given.Id is { } id)
        {
            if (!ServerAddress.IsId(id)) return ApiAnswer.Fails(ProblemKind.Refused, $"'{id}' is not a server id: letters, digits, '.', '-' and '_' only");
            if (await call.Get<ServerPool>().FindAsync(id, call.Cancellation) is { } known)
            {
                var same = known.Url == ServerAddress.Normalize(given.Url)
                    && known.SecretFingerprint == call.Get<SecretVault>().Fingerprint(NodeSecrets.Kind, given.Secret);
                return same ? await ShowAsync(call, id) : ApiAnswer.Fails(ProblemKind.Conflict, $"Server {id} is in the pool with another URL or secret");
            }
        }

        var outcome = await call.Get<ServerOperations>().RegisterAsync(
            given.Url, given.Secret, given.LoadMultiplier, given.Tag, call.By, CancellationToken.None, given.Id);
        return await AnswerAsync(call, outcome, async done =>
            await ShowAsync(call, done.ServerId, StatusCodes.Status201Created) with { Location = $"{AdminV1Api.Path}/servers/{done.ServerId}" });
    }

    private static Task<ApiAnswer> ChangeAsync(ApiCall call)
    {
        var given = call.Body<ServerChanges>();
        return ChangeAsync(call, new ServerChange(given.Secret, given.LoadMultiplier, given.Tag, null, given.Url));
    }

    private static Task<ApiAnswer> SetStateAsync(ApiCall call) => ChangeAsync(call, new ServerChange(State: call.Body<WantedState>().State));

    private static async Task<ApiAnswer> ChangeAsync(ApiCall call, ServerChange change) => await AnswerAsync(
        call, await call.Get<ServerOperations>().UpdateAsync(call.Route("id"), change, call.By, CancellationToken.None), done => ShowAsync(call, done.ServerId));

    private static async Task<ApiAnswer> PanicAsync(ApiCall call)
    {
        var given = call.Body<Panic>();
        return await AnswerAsync(
            call,
            await call.Get<ServerOperations>().PanicAsync(call.Route("id"), given.KeepState, given.SkipEndCalls, call.By, CancellationToken.None),
            async done => await ShowAsync(call, done.ServerId) is { Body: ServerRow server } shown
                ? shown with { Body = new Panicked(done.EndedMeetings, server) }
                : ApiAnswer.Unknown("server", done.ServerId));
    }

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) => await AnswerAsync(
        call,
        await call.Get<ServerOperations>().RemoveAsync(call.Route("id"), call.Flag("force"), call.By, CancellationToken.None),
        _ => Task.FromResult(ApiAnswer.Nothing));

    private static Task<IReadOnlyList<LoadedServer>> ReadAsync(ApiCall call)
    {
        var placement = call.Get<Settings>().Placement;
        return call.Get<ServerPool>().ListAsync(placement.MinimumUsers, call.Get<TimeProvider>().GetUtcNow() - placement.JoinBuffer, CancellationToken.None);
    }

    private static async Task<ApiAnswer> AnswerAsync(ApiCall call, ServerOutcome outcome, Func<ServerOutcome.Done, Task<ApiAnswer>> done) => outcome switch
    {
        ServerOutcome.Done it => await done(it),
        ServerOutcome.Unknown { ServerId: var id } => ApiAnswer.Unknown("server", id),
        ServerOutcome.Refused { Why: var why } => ApiAnswer.Fails(ProblemKind.Refused, why),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer"),
    };
}

/// <summary>A server to be added.</summary>
internal sealed record NewServer(
    [property: Description("The node's API base, https://node/bigbluebutton/api")] string Url,
    [property: WriteOnly] string Secret,
    [property: Description("Its load counts this many times")] decimal LoadMultiplier = 1,
    string? Tag = null,
    [property: Description("Without it a UUID is made, or the host name is taken where SERVER_ID_IS_HOSTNAME is set")] string? Id = null);

/// <summary>What is to be changed of a server.</summary>
internal sealed record ServerChanges(
    string? Url = null,
    [property: WriteOnly] string? Secret = null,
    decimal? LoadMultiplier = null,
    [property: Description("Empty takes the tag away")] string? Tag = null);

/// <summary>What the operator wants of a server.</summary>
internal sealed record WantedState(AdministrativeState State);

/// <summary>How a server is panicked.</summary>
internal sealed record Panic(
    [property: Description("It is not disabled")] bool KeepState = false,
    [property: Description("Its node is not asked to end the meetings")] bool SkipEndCalls = false);

/// <summary>A server that was panicked.</summary>
/// <param name="EndedMeetings">How many were given up.</param>
internal sealed record Panicked(int EndedMeetings, ServerRow Server);
