using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Flavour;

namespace Scalelite.Messaging.Tests;

/// <summary>A host like the real process's, on the test's database.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly IHost _host;

    private Worker(IHost host) => _host = host;

    public Desk Desk => _host.Services.GetRequiredService<Desk>();

    public IDocumentStore Store => _host.Services.GetRequiredService<IDocumentStore>();

    public IDeadLetters DeadLetters => _host.Services.GetRequiredService<IDeadLetters>();

    public static async Task<Worker> StartAsync(
        NpgsqlDataSource database, string name = "a", Func<ErrandCall, Task<OutgoingMessages>>? does = null, bool handles = true,
        params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Messaging:{setting.Key}", (string?)setting.Value)));
        builder.Services.AddSingleton(new Desk(name));
        builder.AddEventSourcing(database, [typeof(ErrandRun)], [], [typeof(Worker).Assembly], handles);
        var host = builder.Build();
        if (does is not null) host.Services.GetRequiredService<Desk>().Does = does;
        await HostSetup.CreateEventTablesAsync(database, host.Services);
        await host.StartAsync();
        return new(host);
    }

    public async Task PublishAsync<T>(T message)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(message);
    }

    public async Task ScheduleAsync<T>(T message, DateTimeOffset time)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().ScheduleAsync(message, time);
    }

    public async Task InvokeAsync(object message, TimeSpan? timeout = null)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(message, timeout: timeout);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
