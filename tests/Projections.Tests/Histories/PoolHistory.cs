using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scalelite.Domain;
using Scalelite.Domain.Joins;
using Scalelite.Domain.Polling;
using Scalelite.EventLog;
using Scalelite.Projections.Rebuild;
using Scalelite.Testing;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>A database with the read models, filled through the event store as the program fills it.</summary>
internal sealed class PoolHistory : IAsyncDisposable
{
    private static readonly Guid Process = Guid.CreateVersion7();

    private readonly IHost _host;

    private PoolHistory(TestDatabase database, IHost host)
    {
        (Database, _host) = (database, host);
        Store = host.Services.GetRequiredService<IDocumentStore>();
        Read = host.Services.GetRequiredService<Func<EventRow, IEvent>>();
        Rebuild = new ReadModelRebuild(database.Source, Store, Read);
    }

    public TestDatabase Database { get; }

    public IDocumentStore Store { get; }

    public Func<EventRow, IEvent> Read { get; }

    public ReadModelRebuild Rebuild { get; }

    public static async Task<PoolHistory> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync();
        var host = await TestHost.CreateAsync(database.Source, [.. DomainEvents.Types], [.. DomainEvents.Projections]);
        await DatabaseSchema.InstallAsync(database.Source, ReadModels.Scripts);
        return new PoolHistory(database, host);
    }

    /// <summary>Appends events that follow one another, each to the stream that it belongs to, in one transaction.</summary>
    public async Task AppendAsync(params IEnumerable<object> events)
    {
        await using var session = Store.LightweightSession();
        foreach (var @event in events) session.Events.Append(StreamOf(@event), @event);
        await session.SaveChangesAsync();
    }

    /// <summary>Appends a story, each event in a transaction of its own.</summary>
    public async Task AppendAsync(Story story)
    {
        foreach (var told in story.Events)
        {
            await using var session = Store.LightweightSession();
            session.Events.Append(told.Stream, told.Event);
            await session.SaveChangesAsync();
        }
    }

    /// <summary>The rows of these read models; of all where none is named.</summary>
    public async Task<string[]> RowsAsync(params string[] models)
    {
        await using var connection = await Database.Source.OpenConnectionAsync();
        var rows = await ReadModelRows.ReadAsync(connection);
        if (models.Length == 0) return rows;
        var tables = models.SelectMany(name => ReadModels.All.Single(model => model.Name == name).Tables).ToHashSet(StringComparer.Ordinal);
        return [.. rows.Where(row => tables.Contains(row[..row.IndexOf(' ', StringComparison.Ordinal)]))];
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await Database.DisposeAsync();
    }

    private static string StreamOf(object @event) => @event switch
    {
        ServerPolled e => Streams.Polls(e.ServerId, e.BeganAt),
        ServerPollFailed e => Streams.Polls(e.ServerId, e.BeganAt),
        JoinsRouted e => Streams.Joins(Process, e.To),
        _ when @event.GetType().GetProperty("CallbackId")?.GetValue(@event) is Guid callback => Streams.Callback(callback),
        _ when @event.GetType().GetProperty("RecordId")?.GetValue(@event) is string recording => Streams.Recording(recording),
        _ when @event.GetType().GetProperty("Instance")?.GetValue(@event) is Guid instance => Streams.Meeting(instance),
        _ => Streams.Server((string)@event.GetType().GetProperty("ServerId")!.GetValue(@event)!),
    };
}
