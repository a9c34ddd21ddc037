using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.Flavour;

namespace Scalelite.Testing;

/// <summary>
/// The event store of the flavour that is built, with its tables, in a host that is not started: no message is handled. Linked into every
/// test project that says <c>IncludesHostSetup</c>. Take <c>IDocumentStore</c> and <c>Func&lt;EventRow, IEvent&gt;</c> from its services.
/// </summary>
internal static class TestHost
{
    public static async Task<IHost> CreateAsync(NpgsqlDataSource database, IReadOnlyCollection<Type> eventTypes, IReadOnlyCollection<IProjection> projections)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.AddEventSourcing(database, eventTypes, projections, handlers: [], handlesMessages: false);
        var host = builder.Build();
        await HostSetup.CreateEventTablesAsync(database, host.Services);
        return host;
    }
}
