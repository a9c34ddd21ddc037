using Npgsql;
using Scalelite.Domain.Servers;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Testing;
using Scalelite.Workers.Nodes;
using Xunit;

namespace Scalelite.Workers.Tests.Nodes;

public sealed class NodeSecretsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("secrets");
        await DatabaseSchema.InstallAsync(_database.Source, DatabaseSchema.Scripts);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_opened_secret_is_there_while_the_database_is_away()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        var vault = new SecretVault(source, "key");
        var server = await StoreAsync(vault, "a", 1, "first");
        var secrets = new NodeSecrets(vault);
        await secrets.LoadAsync([server], CancellationToken.None);

        await source.DisposeAsync();

        Assert.Equal("first", (await secrets.FindAsync(server, CancellationToken.None))!.Secret);
    }

    [Fact]
    public async Task The_secret_is_the_one_that_the_servers_fingerprint_means()
    {
        var vault = new SecretVault(_database.Source, "key");
        var secrets = new NodeSecrets(vault);
        var before = await StoreAsync(vault, "b", 1, "first");
        var after = await StoreAsync(vault, "b", 2, "second");

        Assert.Equal("first", (await secrets.FindAsync(before, CancellationToken.None))!.Secret);
        Assert.Equal("second", (await secrets.FindAsync(after, CancellationToken.None))!.Secret);
        Assert.Null(await secrets.FindAsync(after with { SecretFingerprint = "another" }, CancellationToken.None));
    }

    private async Task<PoolServer> StoreAsync(SecretVault vault, string id, int n, string secret)
    {
        var @sealed = vault.Seal(id, NodeSecrets.Kind, n, secret);
        await _database.ExecuteAsync(
            "insert into secret (owner, kind, n, fingerprint, sealed) values ($1, $2, $3, $4, $5)",
            @sealed.Owner, @sealed.Kind, @sealed.N, @sealed.Fingerprint, @sealed.Sealed);
        return new PoolServer(id, $"https://{id}/bigbluebutton/api", @sealed.Fingerprint, AdministrativeState.Enabled, Health.Online, null);
    }
}
