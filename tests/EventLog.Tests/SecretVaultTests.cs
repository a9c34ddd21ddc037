using System.Text;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

public sealed class SecretVaultTests : IAsyncLifetime
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private TestDatabase _database = null!;
    private SecretVault _vault = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await DatabaseSchema.InstallAsync(_database.Source, DatabaseSchema.Scripts);
        _vault = new SecretVault(_database.Source, Key);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_secret_is_opened_as_it_was_sealed_and_stands_nowhere_in_the_clear()
    {
        await RunAsync(SecretVault.Store(_vault.Seal("node-1", "server", 1, "grüße-s3cret")));

        var secret = Assert.Single(await _vault.OpenAsync("node-1", "server"));
        Assert.Equal("grüße-s3cret", secret.Value);
        Assert.Equal(_vault.Fingerprint("server", "grüße-s3cret"), secret.Fingerprint);
        Assert.DoesNotContain("s3cret", secret.ToString());
        var stored = await _database.ScalarAsync<byte[]>("select sealed from secret");
        Assert.DoesNotContain("s3cret", Encoding.UTF8.GetString(stored!));
    }

    [Fact]
    public async Task A_sealed_secret_does_not_open_for_another_owner_kind_or_number()
    {
        await RunAsync(SecretVault.Store(_vault.Seal("node-1", "server", 1, "s3cret")));
        foreach (var change in (string[])["owner = 'node-2'", "kind = 'tenant'", "n = 2", "sealed = set_byte(sealed, 30, 255 - get_byte(sealed, 30))"])
        {
            await _database.ExecuteAsync("create table kept as table secret");
            await _database.ExecuteAsync($"update secret set {change}");
            await Assert.ThrowsAsync<SecretUnopenableException>(async () =>
            {
                foreach (var kind in (string[])["server", "tenant"]) await _vault.OpenAllAsync(kind);
            });
            await _database.ExecuteAsync("delete from secret; insert into secret table kept; drop table kept");
        }
    }

    [Fact]
    public void Fingerprints_are_equal_for_equal_secrets_under_one_key_only()
    {
        Assert.Equal(_vault.Fingerprint("server", "a"), _vault.Seal("node-1", "server", 7, "a").Fingerprint);
        Assert.NotEqual(_vault.Fingerprint("server", "a"), _vault.Fingerprint("server", "b"));
        Assert.NotEqual(_vault.Fingerprint("server", "a"), new SecretVault(_database.Source, Key + "x").Fingerprint("server", "a"));
        Assert.Matches("^[0-9a-f]{16}$", _vault.Fingerprint("server", "a"));
    }

    [Fact]
    public async Task After_a_rotation_both_open_the_newest_first_until_the_old_one_ends()
    {
        await RunAsync(SecretVault.Store(_vault.Seal("t", "tenant", 1, "old")));
        Assert.Equal(2, await _vault.NextNumberAsync("t", "tenant"));
        foreach (var statement in SecretVault.Rotate(_vault.Seal("t", "tenant", 2, "new"), DateTimeOffset.UtcNow.AddHours(1))) await RunAsync(statement);
        Assert.Equal(["new", "old"], (await _vault.OpenAsync("t", "tenant")).Select(secret => secret.Value));

        await RunAsync(SecretVault.Retire("t", null, DateTimeOffset.UtcNow.AddSeconds(-1)));
        Assert.Empty(await _vault.OpenAllAsync("tenant"));
        Assert.Equal(2, await _vault.DeleteExpiredAsync());
        Assert.Equal(0L, await _database.ScalarAsync<long>("select count(*) from secret"));
    }

    [Fact]
    public async Task Many_owners_are_opened_at_once()
    {
        foreach (var owner in (string[])["a", "b", "c"]) await RunAsync(SecretVault.Store(_vault.Seal(owner, "server", 1, $"of {owner}")));
        await RunAsync(SecretVault.Store(_vault.Seal("a", "other", 1, "no")));

        Assert.Equal(["of a", "of b", "of c"], (await _vault.OpenAllAsync("server")).Select(secret => secret.Value));
        Assert.Equal(["of a", "of c"], (await _vault.OpenAsync(["c", "a", "x"], "server")).Select(secret => secret.Value));
        await RunAsync(SecretVault.Remove("a", "server"));
        Assert.Equal(["of b", "of c"], (await _vault.OpenAllAsync("server")).Select(secret => secret.Value));
    }

    [Fact]
    public async Task With_another_key_the_program_says_so_and_with_the_same_one_it_starts()
    {
        await _vault.CheckKeyAsync();
        await _vault.CheckKeyAsync();
        await new SecretVault(_database.Source, Key).CheckKeyAsync();
        var refused = await Assert.ThrowsAsync<SecretUnopenableException>(() => new SecretVault(_database.Source, Key + "x").CheckKeyAsync());
        Assert.Contains("SECRET_KEY_BASE", refused.Message);
    }

    [Fact]
    public async Task Another_key_is_refused_also_where_the_canary_is_gone()
    {
        await RunAsync(SecretVault.Store(_vault.Seal("node-1", "server", 1, "s3cret")));
        await Assert.ThrowsAsync<SecretUnopenableException>(() => new SecretVault(_database.Source, Key + "x").CheckKeyAsync());
        await _vault.CheckKeyAsync();
    }

    private async Task RunAsync(QueuedSql statement)
    {
        var number = 0;
        var sql = string.Concat(statement.Sql.Select(c => c == '?' ? $"${++number}" : c.ToString()));
        await _database.ExecuteAsync(sql, statement.Values);
    }
}
