using Npgsql;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventStore.Tests;

/// <summary>A database with the event tables and the table of <see cref="SeenEvents"/>, and stores on it with and without prepared statements.</summary>
public sealed class StoreDatabase : IAsyncLifetime
{
    private static readonly Type[] EventTypes = [typeof(Opened), typeof(Painted), typeof(Counted), typeof(Closed)];

    private TestDatabase _database = null!;
    private NpgsqlDataSource _preparing = null!;

    public NpgsqlDataSource Source => _database.Source;

    public IDocumentStore Store { get; private set; } = null!;

    /// <summary>Its connections keep statements prepared once they were run twice.</summary>
    public IDocumentStore Preparing { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("store");
        _preparing = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2 });
        await EventTables.CreateAsync(Source);
        await ExecuteAsync(SeenEvents.Table);
        Store = new DocumentStore(Source, EventTypes, [new SeenEvents()]);
        Preparing = new DocumentStore(_preparing, EventTypes, [new SeenEvents()]);
    }

    public async Task DisposeAsync()
    {
        await _preparing.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static string NewStream() => $"shop-{Guid.NewGuid():n}";

    public Task ExecuteAsync(string sql, params object[] values) => _database.ExecuteAsync(sql, values);

    public Task<T?> ScalarAsync<T>(string sql, params object[] values) => _database.ScalarAsync<T>(sql, values);

    public Task<List<object?[]>> RowsAsync(string sql, params object[] values) => _database.RowsAsync(sql, values);

    /// <summary>Saves what <paramref name="work"/> asks of a new session.</summary>
    public async Task SaveAsync(Action<IDocumentSession> work, IDocumentStore? store = null)
    {
        await using var session = (store ?? Store).LightweightSession();
        work(session);
        await session.SaveChangesAsync();
    }

    public async Task<IReadOnlyList<IEvent>> EventsAsync(string stream)
    {
        await using var session = Store.LightweightSession();
        return await session.Events.FetchStreamAsync(stream);
    }
}
