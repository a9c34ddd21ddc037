using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

public sealed class DatabaseSchemaTests : IAsyncLifetime
{
    private static readonly SqlScript One = new("one", "create table if not exists one (n int); insert into one values (1);");
    private static readonly SqlScript Two = new("two", "create table if not exists two (n int references three);");

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Scripts_run_once_however_many_programs_start_at_once()
    {
        var ran = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DatabaseSchema.InstallAsync(_database.Source, [One])));
        Assert.Equal(1, ran.Count(did => did));
        Assert.Equal(1L, await _database.ScalarAsync<long>("select count(*) from one"));
    }

    [Fact]
    public async Task A_script_that_changed_runs_again()
    {
        await DatabaseSchema.InstallAsync(_database.Source, [One]);
        Assert.True(await DatabaseSchema.InstallAsync(_database.Source, [One with { Sql = One.Sql + " alter table one add column if not exists m int;" }]));
        Assert.Equal(2L, await _database.ScalarAsync<long>("select count(*) + count(m) from one"));
    }

    [Fact]
    public async Task A_script_that_fails_is_named_and_leaves_nothing()
    {
        var failed = await Assert.ThrowsAsync<DatabaseSchemaException>(() => DatabaseSchema.InstallAsync(_database.Source, [One, Two]));
        Assert.Contains("'two'", failed.Message);
        Assert.False(await _database.ScalarAsync<bool>("select to_regclass('one') is not null"));
        Assert.False(await _database.ScalarAsync<bool>("select to_regclass('schema_version') is not null"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await DatabaseSchema.InstallAsync(_database.Source, [One], version: DatabaseSchema.Version + 1);
        var refused = await Assert.ThrowsAsync<DatabaseSchemaException>(() => DatabaseSchema.InstallAsync(_database.Source, [One]));
        Assert.Contains($"schema {DatabaseSchema.Version + 1}", refused.Message);
    }

    [Fact]
    public async Task The_rooms_own_scripts_install()
    {
        await DatabaseSchema.InstallAsync(_database.Source, DatabaseSchema.Scripts);
        Assert.Equal(0L, await _database.ScalarAsync<long>("select count(*) from secret"));
    }
}
