using System.Globalization;
using Npgsql;
using Scalelite.Api.Admin;
using Scalelite.Api.AdminV1;
using Scalelite.Api.Calls;
using Scalelite.Api.CommandLine.Explain;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Api.Configuration;
using Scalelite.Api.DialIn;
using Scalelite.Api.Logging;
using Scalelite.Api.Metrics;
using Scalelite.Api.Playback;
using Scalelite.Api.Tenants;
using Scalelite.Api.Uploads;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.EventLog;
using Scalelite.Flavour;
using Scalelite.Projections;
using Scalelite.Workers;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Hosting;

/// <summary>Puts a process together: database, event store, messages, services and, by role, HTTP and handlers.</summary>
internal static class ScaleliteHost
{
    private const int LongestRequestLine = 64 * 1024;

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);

    /// <summary>Builds a host that can be started; the database is set up and SECRET_KEY_BASE is the right one.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL is away.</exception>
    /// <exception cref="DatabaseSchemaException">The schema is newer than this program.</exception>
    /// <exception cref="SecretUnopenableException">Another SECRET_KEY_BASE was used before.</exception>
    public static async Task<BuiltHost> BuildAsync(Settings settings, Roles roles, CancellationToken cancellation)
    {
        var database = new NpgsqlDataSourceBuilder(settings.Database.ConnectionString).Build();
        try
        {
            await DatabaseSchema.InstallAsync(database, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts], cancellation: cancellation);
            var host = roles.HasFlag(Roles.Api) ? BuildWeb(settings, roles, database) : BuildPlain(settings, roles, database);
            await HostSetup.CreateEventTablesAsync(database, host.Services, cancellation);
            if (settings.Security.SecretKeyBase.Length > 0)
                await host.Services.GetRequiredService<SecretVault>().CheckKeyAsync(cancellation);
            return new BuiltHost(host, database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static WebApplication BuildWeb(Settings settings, Roles roles, NpgsqlDataSource database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Http.Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Creates by GET carry much; Kestrel's own limit of 8 KiB is below what Scalelite takes.
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.MaxRequestBufferSize = 16 * LongestRequestLine;
        });
        AddServices(builder, settings, roles, database);
        var app = builder.Build();
        app.UseTrustedProxies(settings.Http);
        app.UseHostGuard(settings.Http, settings.Multitenancy.Enabled);
        if (settings.Multitenancy.Enabled) app.UseTenantPaths();
        app.UseRouting();
        app.MapHealthCheck(database);
        if (settings.Http.MetricsToken is not null) app.MapGet(MetricsEndpoint.Path, app.Services.GetRequiredService<MetricsEndpoint>().AnswerAsync);
        app.MapBbbApi();
        app.MapAdminApi();
        app.MapAdminV1();
        app.MapUploads();
        app.MapDialIn();
        app.MapPlayback(settings);
        return app;
    }

    private static IHost BuildPlain(Settings settings, Roles roles, NpgsqlDataSource database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(SettingsReading.Sources());
        AddServices(builder, settings, roles, database);
        return builder.Build();
    }

    private static void AddServices(IHostApplicationBuilder builder, Settings settings, Roles roles, NpgsqlDataSource database)
    {
        builder.Logging.AddConsoleLogging(settings.Logging, toStandardError: roles == Roles.None);
        builder.Configuration["Messaging:MaxInFlight"] ??=
            WorkersSetup.MessagesInFlight(settings.Polling.InFlight).ToString(CultureInfo.InvariantCulture);
        builder.AddEventSourcing(
            database, DomainEvents.Types, DomainEvents.Projections, [typeof(WorkersSetup).Assembly], handlesMessages: roles.HasFlag(Roles.Workers));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopWithin);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(services =>
            new SecretVault(database, settings.Security.SecretKeyBase, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => new EventLogReader(database, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<StoryReader>();
        builder.Services.AddSingleton<ImbalanceHistory>();
        builder.Services.AddSingleton(_ => new NodeClient(new NodeClientOptions
        {
            Algorithm = settings.Security.OutgoingAlgorithm,
            CallsPerNode = settings.Nodes.ConnectionsPerNode,
        }));
        builder.Services.AddSingleton<NodeApi>();
        builder.Services.AddSingleton<NodeEnds>();
        builder.Services.AddSingleton<MeetingOperations>();
        builder.Services.AddWorkers(handlesMessages: roles.HasFlag(Roles.Workers));
        builder.Services.AddScoped<ServerOperations>();
        builder.Services.AddScoped<TenantOperations>();
        if (roles.HasFlag(Roles.Api))
        {
            builder.Services
                .AddSingleton<CallMetrics>().AddSingleton<MetricsEndpoint>()
                .AddBbbApi(settings)
                .AddAdminApi(settings).AddAdminV1(settings).AddUploads()
                .AddPlayback(settings)
                .AddDialIn(settings);
        }
    }
}

/// <summary>A host with the pool of connections that it works on; disposing it closes both.</summary>
internal sealed class BuiltHost(IHost host, NpgsqlDataSource database) : IAsyncDisposable
{
    /// <summary>The host, to be started.</summary>
    public IHost Host => host;

    /// <summary>Its services.</summary>
    public IServiceProvider Services => host.Services;

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
        await database.DisposeAsync();
    }
}
