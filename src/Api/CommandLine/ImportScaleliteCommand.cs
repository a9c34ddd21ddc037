using System.CommandLine;
using System.Globalization;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Api.Migration;
using Scalelite.EventLog;
using Scalelite.Workers.Polling;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite import-scalelite</c>: takes over what a Scalelite keeps in Redis and PostgreSQL. It only reads there.</summary>
internal static class ImportScaleliteCommand
{
    public static Command Create()
    {
        var databaseUrl = new Option<string>("--database-url") { Description = "Scalelite's database, postgresql://…; without it no recordings are taken over" };
        var redisUrl = new Option<string>("--redis-url") { Description = "Scalelite's Redis, redis://… or rediss://…; without it no servers, tenants and meetings are" };
        var prefix = new Option<string>("--redis-namespace")
        {
            Description = "Before each key in Redis; Scalelite's REDIS_NAMESPACE",
            DefaultValueFactory = _ => "scalelite",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be taken over, and change nothing" };
        var json = CommonOptions.Json();
        return new Command("import-scalelite", "Take over servers, tenants, settings, live meetings and recordings from a Scalelite")
        {
            databaseUrl, redisUrl, prefix, dryRun, json,
        }.Runs(Needs.Database | Needs.SealedSecrets, async (scope, cancellation) =>
        {
            if (scope.Get(redisUrl) is null && scope.Get(databaseUrl) is null) return scope.Refuse("Give --redis-url, --database-url or both");
            RedisAddress? redis = null;
            if (scope.Get(redisUrl) is { } url && (redis = RedisAddress.Parse(url)) is null)
                return scope.Refuse("--redis-url is not redis://[user:password@]host[:port][/database] or rediss://…");
            DatabaseUrl? database = null;
            if (scope.Get(databaseUrl) is { } text)
            {
                var parsed = DatabaseUrl.Parse(text);
                if (!parsed.Succeeded) return scope.Refuse($"--database-url cannot be right: {parsed.Why}");
                database = parsed.Value;
            }

            var taken = new List<TakenOver>();
            try
            {
                if (redis is not null) taken.AddRange(await StateAsync(scope, redis, scope.Get(prefix) ?? "", scope.Get(dryRun), cancellation));
                if (database is not null) taken.AddRange(await RecordingsAsync(scope, database, scope.Get(dryRun), cancellation));
            }
            catch (RedisException e)
            {
                return scope.Refuse(Listing.Printable(e.Message));
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                return scope.Refuse($"--database-url names no database of Scalelite's: {e.MessageText}");
            }

            return Report(scope, taken, scope.Get(dryRun), scope.Get(json));
        });
    }

    private static async Task<List<TakenOver>> StateAsync(
        CommandScope scope, RedisAddress address, string prefix, bool dryRun, CancellationToken cancellation)
    {
        ScaleliteState state;
        await using (var redis = await RedisReader.ConnectAsync(address, cancellation))
        {
            state = await ScaleliteRedis.ReadAsync(redis, prefix, cancellation);
        }

        if (state.IsEmpty)
            throw new RedisException($"This Redis holds nothing of a Scalelite's in database {address.Database} with the namespace '{prefix}' (--redis-namespace)");
        var source = scope.Get<NpgsqlDataSource>();
        var by = scope.Actor;
        var pool = new PoolTakeover(source, scope.Get<ServerOperations>(), scope.Get<PollRound>());
        var servers = await pool.ServersAsync(state.Servers, dryRun, by, cancellation);
        foreach (var unreadable in state.Unreadable) servers.Skip(unreadable);
        List<TakenOver> taken = [servers];
        if (state.Tenants.Count > 0)
            taken.AddRange(await new TenantTakeover(source, scope.Get<TenantOperations>()).TakeAsync(state, dryRun, by, cancellation));
        if (state.Tenants.Count > 0 && !scope.Settings.Multitenancy.Enabled)
            taken[^1].Skip("MULTITENANCY_ENABLED is not true here: the tenants are kept, and no client is one of them");
        taken.Add(await pool.MeetingsAsync(state.Meetings, dryRun, cancellation));
        return taken;
    }

    private static async Task<List<TakenOver>> RecordingsAsync(CommandScope scope, DatabaseUrl url, bool dryRun, CancellationToken cancellation)
    {
        await using var theirs = new NpgsqlDataSourceBuilder(url.ConnectionString(preparedStatements: false)).Build();
        var source = new ScaleliteRecordings(theirs);
        var takeover = new RecordingTakeover(
            scope.Get<IDocumentStore>(), scope.Get<NpgsqlDataSource>(), scope.Get<SecretVault>(), scope.Settings, scope.Get<TimeProvider>());
        var total = await source.CountAsync(cancellation);
        var terminal = Listing.Terminal(scope.Out);
        var recordings = await takeover.RecordingsAsync(
            source,
            dryRun,
            scope.Actor,
            looked => terminal?.Profile.Out.Writer.Write(string.Create(CultureInfo.InvariantCulture, $"\rrecordings: {looked} of {total}")),
            cancellation);
        terminal?.Profile.Out.Writer.WriteLine();
        return [recordings, await takeover.CallbacksAsync(source, dryRun, cancellation)];
    }

    private static int Report(CommandScope scope, IReadOnlyList<TakenOver> taken, bool dryRun, bool asJson)
    {
        if (asJson) return scope.WriteJson(taken);
        scope.WriteList(
            taken, asJson: false, "Nothing to take over",
            new("", row => row.Kind),
            new(dryRun ? "would be new" : "new", row => row.New.ToString(CultureInfo.InvariantCulture), IsNumber: true),
            new("here already", row => row.Present.ToString(CultureInfo.InvariantCulture), IsNumber: true),
            new("not taken over", row => row.Problems.Count.ToString(CultureInfo.InvariantCulture), IsNumber: true));
        foreach (var problem in taken.SelectMany(kind => kind.Problems)) scope.Out.WriteLine(Listing.Printable(problem));
        if (dryRun) scope.Out.WriteLine("Nothing was changed: --dry-run");
        return ExitCode.Done;
    }
}
