using Scalelite.Api.CommandLine.Servers;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.Admin;

/// <summary>The calls about servers: what they say is Scalelite's, what they do is what the command line does.</summary>
internal sealed class ServerCalls(
    ServerPool pool, NodeSecrets secrets, AwaitedArchives awaited, Settings settings, AdminApiOptions options, TimeProvider clock)
{
    private const string WrongMultiplier = "Load-multiplier must be a non-zero number";

    /// <summary>All of them.</summary>
    public IReadOnlyList<AdminCall> All =>
    [
        new("getServers", Posts: false, ListAsync),
        new("getServerInfo", Posts: false, request => ShowAsync(StatusCodes.Status200OK, request.Id, request.Cancellation, request.WantsRemovable)),
        new("addServer", Posts: true, AddAsync),
        new("updateServer", Posts: true, UpdateAsync),
        new("deleteServer", Posts: true, DeleteAsync),
        new("panicServer", Posts: true, PanicAsync),
    ];

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var servers = await ReadAsync(request.Cancellation);
        if (servers.Count == 0) return AdminAnswer.Error(StatusCodes.Status404NotFound, "No servers are configured");
        var rows = await RowsAsync(servers, request.WantsRemovable, request.Cancellation);
        var shown = new List<(ServerRow Row, string Secret)>(servers.Count);
        if (options.ShowsSecrets) await secrets.LoadAsync([.. servers.Select(server => server.Server)], request.Cancellation);
        foreach (var (server, row) in servers.Zip(rows)) shown.Add((row, await SecretAsync(server.Server, request.Cancellation)));
        return AdminAnswer.Json(StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var (row, secret) in shown) json.WriteServer(row, secret);
            json.WriteEndArray();
        });
    }

    private async Task<AdminAnswer> ShowAsync(int status, string id, CancellationToken cancellation, bool wantsRemovable = false)
    {
        if ((await ReadAsync(cancellation)).FirstOrDefault(server => server.Server.Id == id) is not { } found) return AdminAnswer.UnknownServer(id);
        var secret = await SecretAsync(found.Server, cancellation);
        var row = (await RowsAsync([found], wantsRemovable, cancellation))[0];
        return AdminAnswer.Json(status, json => json.WriteServer(row, secret));
    }

    private async Task<AdminAnswer> AddAsync(AdminRequest request)
    {
        var body = request.Body;
        var (url, secret, tag, multiplier) = (body.Text("url"), body.Text("secret"), body.Text("tag"), body.Number("load_multiplier", WrongMultiplier));
        if (string.IsNullOrWhiteSpace(url) || string.IsNullOrWhiteSpace(secret)) return Bad(body.Problem ?? "Server needs a URL and a secret");
        if (body.Problem is { } why) return Bad(why);
        if (secret == ServerJson.HiddenSecret) return Bad($"{ServerJson.HiddenSecret} is no secret: it is shown in place of one");
        var outcome = await request.Operations.RegisterAsync(
            url, secret, multiplier is null or 0 ? 1 : multiplier.Value, tag, request.By, CancellationToken.None);
        return await AnswerAsync(outcome, id => ShowAsync(StatusCodes.Status201Created, id, CancellationToken.None));
    }

    private async Task<AdminAnswer> UpdateAsync(AdminRequest request)
    {
        var body = request.Body;
        var (state, secret, tag, multiplier) = (body.Text("state"), body.Text("secret"), body.Text("tag"), body.Number("load_multiplier", WrongMultiplier));

        // An unknown server is said before what is wrong with the change.
        if (!ServerAddress.IsId(request.Id) || await pool.FindAsync(request.Id, request.Cancellation) is null) return AdminAnswer.UnknownServer(request.Id);
        if (body.Problem is { } why) return Bad(why);
        if (multiplier is 0) return Bad(WrongMultiplier);
        AdministrativeState? wanted = state switch
        {
            "enable" => AdministrativeState.Enabled,
            "cordon" => AdministrativeState.Cordoned,
            "disable" => AdministrativeState.Disabled,
            _ => null,
        };
        if (wanted is null && !string.IsNullOrWhiteSpace(state)) return Bad($"Invalid state parameter: {state}");

        // Who sends back what was shown to them means the secret that is.
        var changesSecret = !string.IsNullOrWhiteSpace(secret) && secret != ServerJson.HiddenSecret;
        var change = new ServerChange(changesSecret ? secret : null, multiplier, tag, wanted);
        return await AnswerAsync(
            await request.Operations.UpdateAsync(request.Id, change, request.By, CancellationToken.None),
            id => ShowAsync(StatusCodes.Status200OK, id, CancellationToken.None));
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var force = request.Body.Flag("force");
        if (request.Body.Problem is { } why) return Bad(why);
        return await AnswerAsync(
            await request.Operations.RemoveAsync(request.Id, force, request.By, CancellationToken.None),
            id => Task.FromResult(AdminAnswer.Success($"Server id={id} was destroyed")),
            $"Couldn't destroy server id={request.Id}: ");
    }

    private async Task<AdminAnswer> PanicAsync(AdminRequest request)
    {
        var keepState = request.Body.Flag("keep_state");
        if (request.Body.Problem is { } why) return Bad(why);
        return await AnswerAsync(
            await request.Operations.PanicAsync(request.Id, keepState, skipEndCalls: false, request.By, CancellationToken.None),
            id => Task.FromResult(AdminAnswer.Success($"Server id={id} has been disabled and the meetings have been destroyed")),
            $"Couldn't disable server id={request.Id}: ");
    }

    private async Task<IReadOnlyList<ServerRow>> RowsAsync(IReadOnlyList<LoadedServer> servers, bool wantsRemovable, CancellationToken cancellation)
    {
        List<ServerRow> rows = [.. servers.Select(ServerRow.From)];
        return wantsRemovable ? await RemovableRow.WithAsync(rows, awaited, settings, clock.GetUtcNow(), cancellation) : rows;
    }

    private Task<IReadOnlyList<LoadedServer>> ReadAsync(CancellationToken cancellation) =>
        pool.ListAsync(options.MinimumUsers, clock.GetUtcNow() - options.JoinBuffer, cancellation);

    private async ValueTask<string> SecretAsync(PoolServer server, CancellationToken cancellation) =>
        options.ShowsSecrets ? (await secrets.FindAsync(server, cancellation))?.Secret ?? "" : ServerJson.HiddenSecret;

    private static async Task<AdminAnswer> AnswerAsync(ServerOutcome outcome, Func<string, Task<AdminAnswer>> done, string refusal = "") => outcome switch
    {
        ServerOutcome.Done { ServerId: var id } => await done(id),
        ServerOutcome.Unknown { ServerId: var id } => AdminAnswer.UnknownServer(id),
        ServerOutcome.Refused { Why: var why } => Bad(refusal + why),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer"),
    };

    private static AdminAnswer Bad(string why) => AdminAnswer.Error(StatusCodes.Status400BadRequest, why);
}
