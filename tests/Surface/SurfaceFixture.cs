using Microsoft.Extensions.Hosting;
using Npgsql;
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
    public Task<int> DeadLetters(Type message, int seconds) =>
        throw new NotSupportedException($"{message.Name}: {Services} keeps no dead letters before the message bus is part of this host");

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
