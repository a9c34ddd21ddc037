using System.ComponentModel;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.History;
using Scalelite.Api.CommandLine.Servers;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections.Recordings;
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
                QueryParameter.At,
            ],
            Result = typeof(PastPage<ServerRow>),
        },
        new(
            "POST", "/servers", "addServer",
            "Add a server, disabled. With an id of your own it may be sent again: 200 where it is in the pool with that URL and secret",
            AdminRole.Admin, AddAsync)
        {
            Body = typeof(NewServer), Result = typeof(ServerRow), Success = StatusCodes.Status201Created, Problems = [ProblemKind.Conflict, ProblemKind.Refused],
        },
        new("GET", "/servers/{id}", "getServer", "A server", AdminRole.Viewer, ShowPastAsync) { Query = [QueryParameter.At], Result = typeof(ServerRow) },
        new("PATCH", "/servers/{id}", "changeServer", "Change a server's URL, secret, multiplier or tag; what is not given stays", AdminRole.Admin, ChangeAsync)
        {
            Body = typeof(ServerChanges), Result = typeof(ServerRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new(
            "PUT", "/servers/{id}/capacity", "setServerCapacity",
            "Say how many users a server is meant for, to be shown as headroom; null takes that back",
            AdminRole.Admin, SetCapacityAsync)
        {
            Body = typeof(WantedCapacity), Result = typeof(ServerRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new("PUT", "/servers/{id}/state", "setServerState", "Enable a server, drain it (cordoned), or disable it", AdminRole.Operator, SetStateAsync)
        {
            Body = typeof(WantedState), Result = typeof(ServerRow), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new(
            "POST", "/servers/{id}/panic", "panicServer",
            "Give a server's meetings up, whatever its node says, and disable it unless its state is to be kept",
            AdminRole.Operator, PanicAsync)
        {
            Body = typeof(Panic), Result = typeof(Panicked), NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new(
            "POST", "/servers/{id}/check", "checkServer",
            "Look whether a server's node can be used: API, secret, version, clock, latency, and a meeting that no load counts",
            AdminRole.Operator, CheckAsync)
        {
            Body = typeof(WantedCheck), Result = typeof(Page<CheckedPart>),
        },
        new(
            "GET", "/servers/{id}/removable", "getServerRemovable",
            "Whether a server can be taken away without anybody losing anything, and what it waits for",
            AdminRole.Viewer, ShowRemovableAsync)
        {
            Result = typeof(RemovableRow),
        },
        new(
            "GET", "/pool", "getPool",
            "The pool at a glance, with the room that it has for more users",
            AdminRole.Viewer, ShowPoolAsync) { Result = typeof(PoolDocument) },
        new("DELETE", "/servers/{id}", "removeServer", "Take a server out of the pool", AdminRole.Admin, RemoveAsync)
        {
            Query = [new("force", "Also with meetings on it, which end with it, and with archives that have not arrived", QueryKind.Flag)],
            Success = StatusCodes.Status204NoContent, NeedsVersion = true, Problems = [ProblemKind.Refused],
        },
        new(
            "GET", "/servers/{id}/events", "listServerEvents",
            "What happened to a server, also to one that is gone: who changed it, from where and why",
            AdminRole.Viewer,
            call => EventPages.AnswerAsync(call, Streams.Server(call.Route("id")), "server"))
        {
            Query = EventPages.Query, Result = typeof(EventPage),
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var past = await call.PastAsync();
        IEnumerable<ServerRow> rows = past is null ? (await ReadAsync(call)).Select(ServerRow.From) : ServerRow.Of(past, call.Get<Settings>().Placement);
        if (call.Query("state") is { } state) rows = rows.Where(row => row.State == PoolServer.ReadState(state));
        if (call.Query("health") is { } health) rows = rows.Where(row => row.Health == PoolServer.ReadHealth(health));
        return ApiAnswer.Ok(new PastPage<ServerRow>([.. rows], null, past is null ? null : AsOf.Of(past)));
    }

    private static async Task<ApiAnswer> ShowPastAsync(ApiCall call)
    {
        var id = call.Route("id");
        if (await call.PastAsync() is not { } past) return await ShowAsync(call, id);
        return ServerRow.Of(past, call.Get<Settings>().Placement).FirstOrDefault(row => row.Id == id) is { } found
            ? ApiAnswer.Ok(found with { AsOf = AsOf.Of(past) })
            : ApiAnswer.Fails(ProblemKind.NotFound, $"At that moment there was no server with id={id}");
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

    private static async Task<ApiAnswer> SetStateAsync(ApiCall call)
    {
        var wanted = call.Body<WantedState>();
        if (wanted is { Check: true, State: AdministrativeState.Enabled }
            && await call.Get<ServerChecks>().CheckAsync(call.Route("id"), withMeeting: false, CancellationToken.None) is { } parts
            && parts.FirstOrDefault(part => part.Verdict == CheckVerdict.Failed) is { } failed)
        {
            return ApiAnswer.Fails(ProblemKind.Refused, $"Not enabled: {failed.Name}: {failed.Detail}");
        }

        return await ChangeAsync(call, new ServerChange(State: wanted.State));
    }

    private static async Task<ApiAnswer> SetCapacityAsync(ApiCall call) => await AnswerAsync(
        call,
        await call.Get<ServerOperations>().ChangeCapacityAsync(call.Route("id"), call.Body<WantedCapacity>().Users, call.By, CancellationToken.None),
        done => ShowAsync(call, done.ServerId));

    private static async Task<ApiAnswer> CheckAsync(ApiCall call) =>
        await call.Get<ServerChecks>().CheckAsync(call.Route("id"), call.Body<WantedCheck>().Meeting, call.Cancellation) is { } parts
            ? ApiAnswer.Ok(new Page<CheckedPart>(parts, null))
            : ApiAnswer.Unknown("server", call.Route("id"));

    private static async Task<ApiAnswer> ShowRemovableAsync(ApiCall call) =>
        await RemovableAsync(call) is { } row ? ApiAnswer.Ok(row) : ApiAnswer.Unknown("server", call.Route("id"));

    private static async Task<RemovableRow?> RemovableAsync(ApiCall call)
    {
        var one = (await ReadAsync(call)).Where(server => server.Server.Id == call.Route("id")).Select(ServerRow.From).ToList();
        return one.Count == 0
            ? null
            : (await RemovableRow.ListAsync(one, call.Get<AwaitedArchives>(), call.Get<Settings>(), call.Get<TimeProvider>().GetUtcNow(), CancellationToken.None))[0];
    }

    private static async Task<ApiAnswer> ShowPoolAsync(ApiCall call)
    {
        var rows = (await ReadAsync(call)).Select(ServerRow.From).ToList();
        return ApiAnswer.Ok(new PoolDocument(
            rows.Count, rows.Count(row => row is { State: AdministrativeState.Enabled, Health: Health.Online }), rows.Sum(row => row.Meetings),
            rows.Sum(row => row.Users), StatusCommand.HeadroomOf(rows)));
    }

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

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call)
    {
        // Meetings are counted again where they cannot change meanwhile.
        if (!call.Flag("force") && await RemovableAsync(call) is { Meetings: 0, Archives: [_, ..] archives })
            return ApiAnswer.Fails(ProblemKind.Refused, $"It waits for the archives of {string.Join(", ", archives)}; force removes it all the same");
        return await AnswerAsync(
            call,
            await call.Get<ServerOperations>().RemoveAsync(call.Route("id"), call.Flag("force"), call.By, CancellationToken.None),
            _ => Task.FromResult(ApiAnswer.Nothing));
    }

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

/// <summary>The pool at a glance.</summary>
/// <param name="TakingMeetings">How many of the servers are enabled and online.</param>
/// <param name="Headroom">Of the servers that take meetings and have a capacity; null where none has.</param>
internal sealed record PoolDocument(int Servers, int TakingMeetings, int Meetings, int Users, Headroom? Headroom);

/// <summary>How many users a server is meant for.</summary>
internal sealed record WantedCapacity(int? Users);

/// <summary>What is looked at.</summary>
internal sealed record WantedCheck([property: Description("Also create a meeting on the node, ask for it, and end it")] bool Meeting = true);

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
internal sealed record WantedState(
    AdministrativeState State,
    [property: Description("Before it is enabled its node is asked whether it answers and takes the secret")] bool Check = false);

/// <summary>How a server is panicked.</summary>
internal sealed record Panic(
    [property: Description("It is not disabled")] bool KeepState = false,
    [property: Description("Its node is not asked to end the meetings")] bool SkipEndCalls = false);

/// <summary>A server that was panicked.</summary>
/// <param name="EndedMeetings">How many were given up.</param>
internal sealed record Panicked(int EndedMeetings, ServerRow Server);
