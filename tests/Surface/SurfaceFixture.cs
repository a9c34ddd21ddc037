using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Flavour;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Surface;

/// <summary>A host with the event store and the message bus of the flavour that the solution is built in, on a database of its own.</summary>
public sealed class SurfaceFixture : IAsyncLifetime
{
    private static readonly Type[] EventTypes = [typeof(NodeRegistered), typeof(NodeWeighed), typeof(NodeRetired)];

    private TestDatabase? _database;
    private IHost? _host;

    public NpgsqlDataSource Database => _database!.Source;

    public IServiceProvider Services => _host!.Services;

    public IDocumentStore Store => Services.GetRequiredService<IDocumentStore>();

    public Journal Journal => Services.GetRequiredService<Journal>();

    /// <summary>How many messages of this type are dead letters; waits until there is one, or the seconds are over.</summary>
    public async Task<int> DeadLetters(Type message, int seconds)
    {
        var letters = Services.GetRequiredService<IDeadLetters>();
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            var count = (await letters.ListAsync(messageType: message.FullName)).Count;
            if (count > 0 || DateTime.UtcNow > deadline) return count;
            await Task.Delay(50);
        }
    }

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("surface");
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<Journal>();
        builder.AddEventSourcing(Database, EventTypes, [new NodeTable()], [typeof(PollHandler).Assembly], handlesMessages: true);
        _host = builder.Build();
        await HostSetup.CreateEventTablesAsync(Database, _host.Services);
        await using var table = Database.CreateCommand(
            "create table if not exists surface_node (id text primary key not null, url text, weight numeric, version bigint)");
        await table.ExecuteNonQueryAsync();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
        await _database!.DisposeAsync();
    }
}
