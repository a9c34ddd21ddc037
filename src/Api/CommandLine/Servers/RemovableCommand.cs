using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary>A server and what it waits for before it can go.</summary>
/// <param name="Archives">internalMeetingIDs of recorded meetings whose archives have not arrived.</param>
internal sealed record RemovableRow(string Id, bool Removable, int Meetings, IReadOnlyList<string> Archives, IReadOnlyList<string> WaitsFor)
{
    /// <summary>Every server, in order of registration.</summary>
    public static async Task<IReadOnlyList<RemovableRow>> ListAsync(CommandScope scope, CancellationToken cancellation) =>
        await ListAsync(
            await ServerRow.ListAsync(scope, cancellation), scope.Get<AwaitedArchives>(), scope.Settings, scope.Get<TimeProvider>().GetUtcNow(), cancellation);

    /// <summary>These servers, each with what it waits for.</summary>
    public static Task<IReadOnlyList<ServerRow>> WithAsync(CommandScope scope, IReadOnlyList<ServerRow> servers, CancellationToken cancellation) =>
        WithAsync(servers, scope.Get<AwaitedArchives>(), scope.Settings, scope.Get<TimeProvider>().GetUtcNow(), cancellation);

    /// <summary>These servers, each with what it waits for.</summary>
    public static async Task<IReadOnlyList<ServerRow>> WithAsync(
        IReadOnlyList<ServerRow> servers, AwaitedArchives awaited, Settings settings, DateTimeOffset now, CancellationToken cancellation)
    {
        var rows = await ListAsync(servers, awaited, settings, now, cancellation);
        return [.. servers.Zip(rows, (server, row) => server with { Removable = row.Removable, WaitsFor = row.WaitsFor })];
    }

    /// <summary>These servers.</summary>
    public static async Task<IReadOnlyList<RemovableRow>> ListAsync(
        IReadOnlyList<ServerRow> servers, AwaitedArchives awaited, Settings settings, DateTimeOffset now, CancellationToken cancellation)
    {
        // Where nothing is imported nothing can be waited for.
        var archives = settings.Recordings.Disabled || !settings.Imports.Enabled
            ? []
            : await awaited.ListAsync(servers is [var one] ? one.Id : null, now - settings.Imports.ArchiveWait, cancellation);
        var byServer = archives.ToLookup(archive => archive.ServerId, archive => archive.InternalMeetingId, StringComparer.Ordinal);
        return [.. servers.Select(server => Of(server, [.. byServer[server.Id]]))];
    }

    private static RemovableRow Of(ServerRow server, IReadOnlyList<string> archives)
    {
        var waitsFor = Removability.WaitsFor(server.State, server.Meetings, archives);
        return new RemovableRow(server.Id, waitsFor.Count == 0, server.Meetings, archives, waitsFor);
    }
}

/// <summary><c>scalelite servers removable</c> and <c>servers remove</c>: what a server still holds.</summary>
internal static class RemovableCommand
{
    private static readonly Column<RemovableRow>[] Columns =
    [
        new("id", row => row.Id),
        new("removable", row => row.Removable ? "yes" : "no"),
        new("waits for", row => string.Join("; ", row.WaitsFor)),
    ];

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "A server; all if none is given", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        return new Command("removable", "Tell whether servers can be taken away without losing anything; exit code 0 if the one named can") { id, json }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var rows = await RemovableRow.ListAsync(scope, cancellation);
                if (scope.GetOrNull(id) is not { } one) return scope.WriteList(rows, scope.Get(json), "No servers are configured", Columns);
                if (rows.FirstOrDefault(row => row.Id == one) is not { } server)
                    return scope.Refuse($"Couldn't find server with id={Listing.Printable(one)}");
                scope.WriteList([server], scope.Get(json), "", Columns);
                return server.Removable ? ExitCode.Done : ExitCode.Refused;
            });
    }

    public static Command CreateRemove()
    {
        var id = CommonOptions.ServerId();
        var force = new Option<bool>("--force") { Description = "Also with meetings on it, which end with it, and with archives that have not arrived" };
        var yes = CommonOptions.Yes();
        return new Command("remove", "Take a server out of the pool") { id, force, yes }.Runs(
            Needs.Database | Needs.SealedSecrets,
            async (scope, cancellation) =>
            {
                var forced = scope.Get(force);
                var server = (await RemovableRow.ListAsync(scope, cancellation)).FirstOrDefault(row => row.Id == scope.Get(id));
                // Meetings are counted again where they cannot change meanwhile.
                if (!forced && server is { Meetings: 0, Archives: [_, ..] archives })
                    return scope.Refuse($"Server {server.Id} waits for the archives of {string.Join(", ", archives)}; --force removes it all the same");
                if (!scope.Confirmed(scope.Get(yes), $"Remove server {scope.Get(id)}?")) return scope.Refuse("Not removed");
                var outcome = await scope.Get<ServerOperations>().RemoveAsync(scope.Get(id), forced, scope.Actor, cancellation);
                return await ServerAnswer.WriteAsync(scope, outcome, asJson: false, cancellation);
            });
    }
}
