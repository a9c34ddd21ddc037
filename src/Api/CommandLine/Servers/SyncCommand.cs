using System.CommandLine;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary><c>scalelite servers sync</c>: brings the pool to what a file says; a second time there is nothing left to do.</summary>
internal static class SyncCommand
{
    private const string MeetingsSql = "select server_id, count(*)::int from meeting_location group by server_id";

    public static Command Create()
    {
        var file = new InputFileArgument("FILE") { Description = "YAML as 'servers yaml' writes it; - reads standard input" };
        var mode = new Option<LeftOut>("--mode")
        {
            Description = "Servers that the file leaves out: keep; cordon those with meetings and remove the others; or force: end their meetings and remove them",
            DefaultValueFactory = _ => LeftOut.Cordon,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be done, and do nothing" };
        return new Command("sync", "Bring the pool to what a file says") { file, mode, dryRun }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                IReadOnlyList<FileServer> servers;
                try
                {
                    servers = await ReadAsync(scope, scope.Get(file), PoolFile.ReadPool, cancellation);
                }
                catch (PoolFileException wrong)
                {
                    return scope.Refuse(Listing.Printable(wrong.Message));
                }

                return await SyncAsync(scope, servers, scope.Get(mode), scope.Get(dryRun), cancellation);
            });
    }

    /// <summary>Reads a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="PoolFileException">It cannot be read, or is no such file.</exception>
    public static async Task<T> ReadAsync<T>(CommandScope scope, string file, Func<TextReader, T> read, CancellationToken cancellation)
    {
        try
        {
            return read(new StringReader(await scope.ReadFileAsync(file, cancellation)));
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new PoolFileException(wrong.Message);
        }
    }

    private static async Task<int> SyncAsync(
        CommandScope scope, IReadOnlyList<FileServer> servers, LeftOut leftOut, bool dryRun, CancellationToken cancellation)
    {
        var vault = scope.Get<SecretVault>();
        var byId = servers.ToDictionary(server => server.Id!, StringComparer.Ordinal);
        var wanted = servers.Select(server => new WantedServer(
            server.Id!, server.Url, vault.Fingerprint(NodeSecrets.Kind, server.Secret), server.Enabled, server.LoadMultiplier, server.Tag)).ToList();
        var steps = PoolPlan.Of(wanted, await PresentAsync(scope, cancellation), leftOut);
        var operations = scope.Get<ServerOperations>();
        foreach (var step in steps)
        {
            if (!dryRun && await DoAsync(operations, step, byId, scope.Actor, cancellation) is { } refusal)
                return scope.Refuse(Listing.Printable($"[{step.ServerId}] {refusal}"));
            foreach (var line in Lines(step)) await scope.Out.WriteLineAsync($"[{step.ServerId}] {line}");
        }

        if (steps.Count == 0) await scope.Out.WriteLineAsync("The pool is as the file says");
        else if (dryRun) await scope.Out.WriteLineAsync("Nothing was changed: --dry-run");
        return ExitCode.Done;
    }

    private static async Task<List<PresentServer>> PresentAsync(CommandScope scope, CancellationToken cancellation)
    {
        var meetings = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var command = scope.Get<NpgsqlDataSource>().CreateCommand(MeetingsSql))
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation)) meetings[rows.GetString(0)] = rows.GetInt32(1);
        }

        var placement = scope.Settings.Placement;
        var youngSince = scope.Get<TimeProvider>().GetUtcNow() - placement.JoinBuffer;
        var pool = await scope.Get<ServerPool>().ListAsync(placement.MinimumUsers, youngSince, cancellation);
        return [.. pool.Select(server => new PresentServer(
            server.Server.Id, server.Server.Url, server.Server.SecretFingerprint, server.Server.State, server.Load.Multiplier, server.Load.Tag,
            meetings.GetValueOrDefault(server.Server.Id)))];
    }

    /// <summary>Does one step.</summary>
    /// <returns>Why not; null where it is done.</returns>
    private static async Task<string?> DoAsync(
        ServerOperations operations, PoolStep step, Dictionary<string, FileServer> servers, ChangedBy by, CancellationToken cancellation)
    {
        var outcome = step switch
        {
            PoolStep.Add { Server: var server } => await operations.RegisterAsync(
                server.Url, servers[server.Id].Secret, server.LoadMultiplier, server.Tag, by, cancellation, server.Id),
            PoolStep.Change change => await operations.UpdateAsync(
                change.ServerId,
                new ServerChange(change.NewSecret ? servers[change.ServerId].Secret : null, change.LoadMultiplier, change.Tag, Url: change.Url),
                by,
                cancellation),
            PoolStep.Enable => await operations.EnableAsync(step.ServerId, by, cancellation),
            PoolStep.Cordon => await operations.CordonAsync(step.ServerId, by, cancellation),
            PoolStep.Remove { Meetings: var meetings } => await operations.RemoveAsync(step.ServerId, force: meetings > 0, by, cancellation),
            _ => throw new InvalidOperationException($"{step.GetType().Name} cannot be done"),
        };
        return outcome switch
        {
            ServerOutcome.Refused refused => refused.Why,
            // Somebody else removed it meanwhile.
            ServerOutcome.Unknown when step is not PoolStep.Remove => "Server not found",
            _ => null,
        };
    }

    private static IEnumerable<string> Lines(PoolStep step)
    {
        switch (step)
        {
            case PoolStep.Add:
                yield return "Server created";
                break;
            case PoolStep.Change change:
                if (change.Url is not null) yield return $"Server updated: url={change.Url}";
                if (change.NewSecret) yield return "Server updated: secret=*****";
                if (change.LoadMultiplier is { } multiplier) yield return FormattableString.Invariant($"Server updated: load_multiplier={multiplier}");
                if (change.Tag is not null) yield return $"Server updated: tag={change.Tag}";
                break;
            case PoolStep.Enable:
                yield return "Server enabled";
                break;
            case PoolStep.Cordon { ForRemoval: true }:
                yield return "Server not empty. Cordoned for removal";
                break;
            case PoolStep.Cordon:
                yield return "Server disabled (cordoned)";
                break;
            case PoolStep.Remove { Meetings: > 0 } remove:
                yield return $"Server not empty. {remove.Meetings} meetings ended";
                yield return "Server removed";
                break;
            case PoolStep.Remove:
                yield return "Server removed";
                break;
        }
    }
}
