using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.EventLog.Sealing;
using Scalelite.Projections.Servers;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Metrics;

/// <summary>What stands at <c>/metrics</c>: the pool and this process, for Prometheus (<c>docs/operations.md</c>).</summary>
internal sealed class MetricsEndpoint(
    CallMetrics calls, ServerPool pool, IDeadLetters deadLetters, LogSeals seals, NpgsqlDataSource database, Settings settings, TimeProvider time)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/metrics";

    private const string QueuesSql =
        """
        select 'import', state, count(*) from import_queue where state <> 'completed' group by state
        union all select 'callback', state, count(*) from callback_queue where state <> 'delivered' group by state
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Answers who knows METRICS_TOKEN; 503 while PostgreSQL is away.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        if (!Knows(http.Request.Headers.Authorization))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(Deadline);
        string page;
        try
        {
            page = await WriteAsync(deadline.Token);
        }
        catch (Exception away) when (away is DbException or TimeoutException or OperationCanceledException && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.ContentType = MetricsPage.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(page, http.RequestAborted);
    }

    private async Task<string> WriteAsync(CancellationToken cancellation)
    {
        var page = new MetricsPage();
        var placement = settings.Placement;
        var now = time.GetUtcNow();
        Servers(page, await pool.ListAsync(placement.MinimumUsers, now - placement.JoinBuffer, cancellation), now);
        await QueuesAsync(page, cancellation);
        page.Metric("scalelite_dead_letters", "gauge", "Messages that were given up.")
            .Value("scalelite_dead_letters", await deadLetters.CountAsync(cancellation));
        await SealsAsync(page, now, cancellation);
        Calls(page, calls.Read());
        return page.ToString();
    }

    private static void Servers(MetricsPage page, IReadOnlyList<LoadedServer> servers, DateTimeOffset now)
    {
        void Each(string name, string help, Func<LoadedServer, double?> value)
        {
            page.Metric(name, "gauge", help);
            foreach (var server in servers)
                if (value(server) is { } number) page.Value(name, number, ("server", server.Server.Id));
        }

        page.Metric("scalelite_server_info", "gauge", "1 for each server of the pool, with its state and health.");
        foreach (var server in servers)
        {
            page.Value(
                "scalelite_server_info", 1,
                ("server", server.Server.Id), ("host", new Uri(server.Server.Url).Authority), ("state", Lower(server.Server.State)),
                ("health", Lower(server.Server.Health)), ("tag", server.Load.Tag ?? ""), ("version", server.Version ?? ""));
        }

        Each("scalelite_server_up", "1 where the server is online.", server => server.Server.Health == Health.Online ? 1 : 0);
        Each("scalelite_server_takes_meetings", "1 where the server may be given new meetings.", server => server.TakesMeetings ? 1 : 0);
        Each("scalelite_server_load", "Load that placement compares, in users, times the multiplier.", server =>
            (double)((server.Load.Seen + server.Load.Unseen) * server.Load.Multiplier));
        Each("scalelite_server_meetings", "Live meetings.", server => server.Load.Meetings);
        Each("scalelite_server_users", "Users in the last poll.", server => server.Users);
        Each("scalelite_server_videos", "Video streams in the last poll.", server => server.Videos);
        Each("scalelite_server_poll_age_seconds", "Since the last poll began.", server => server.PolledAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null);
        Each("scalelite_server_failed_polls", "Failed polls in a row.", server => server.Failures);
    }

    private async Task QueuesAsync(MetricsPage page, CancellationToken cancellation)
    {
        page.Metric("scalelite_queue", "gauge", "Imports that are not complete and callbacks that are not delivered, by state.");
        await using var command = database.CreateCommand(QueuesSql);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            page.Value("scalelite_queue", rows.GetInt64(2), ("queue", rows.GetString(0)), ("state", rows.GetString(1)));
    }

    private async Task SealsAsync(MetricsPage page, DateTimeOffset now, CancellationToken cancellation)
    {
        page.Metric("scalelite_log_sealed_number", "gauge", "The last number of the log that is sealed.")
            .Value("scalelite_log_sealed_number", await seals.SealedUpToAsync(cancellation));
        page.Metric("scalelite_log_unsealed_seconds", "gauge", "Age of the oldest event that is not sealed; 0 where all are.")
            .Value("scalelite_log_unsealed_seconds", await seals.OldestNotSealedAsync(cancellation) is { } at ? Math.Max(0, (now - at).TotalSeconds) : 0);
        page.Metric("scalelite_log_seals_waiting", "gauge", "Seals that were not yet written to AUDIT_SEAL_FILE and AUDIT_SEAL_URL.");
        if (settings.Audit.SealFile is not null)
            page.Value("scalelite_log_seals_waiting", await seals.CountUndeliveredAsync(SealPlace.File, cancellation), ("place", "file"));
        if (settings.Audit.SealUrl is not null)
            page.Value("scalelite_log_seals_waiting", await seals.CountUndeliveredAsync(SealPlace.Url, cancellation), ("place", "url"));
    }

    private static void Calls(MetricsPage page, IReadOnlyList<CountedCalls> counted)
    {
        const string Name = "scalelite_call_duration_seconds";
        page.Metric(Name, "histogram", "BBB calls that this process answered, by name and outcome.");
        foreach (var series in counted)
        {
            for (var i = 0; i < series.UpTo.Count; i++)
            {
                var bound = i < CallMetrics.Bounds.Count ? CallMetrics.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                page.Value($"{Name}_bucket", series.UpTo[i], ("call", series.Call), ("outcome", series.Outcome), ("le", bound));
            }

            page.Value($"{Name}_sum", series.Total.TotalSeconds, ("call", series.Call), ("outcome", series.Outcome));
            page.Value($"{Name}_count", series.UpTo[^1], ("call", series.Call), ("outcome", series.Outcome));
        }
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private bool Knows(string? authorization) =>
        settings.Http.MetricsToken is { } token
        && authorization is not null
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(authorization)), SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}")));
}
