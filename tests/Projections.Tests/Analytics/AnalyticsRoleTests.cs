using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Projections.Analytics;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Analytics;

public sealed class AnalyticsRoleTests : IAsyncLifetime
{
    private const string Secret = "s3cr3t-of-a-node-0123456789abcdef";

    private readonly string _role = $"analyst \"{Guid.NewGuid():n}\"";
    private PoolHistory _history = null!;
    private AnalyticsRoles _roles = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        await DatabaseSchema.InstallAsync(_history.Database.Source, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]);
        await _history.AppendAsync(RichStory.Tell());
        await _history.Database.ExecuteAsync(
            "insert into secret (owner, kind, n, fingerprint, sealed) values ('a', 'node', 1, 'fingerprint-a', convert_to($1, 'UTF8'))", Secret);
        _roles = new AnalyticsRoles(_history.Database.Source);
    }

    public async Task DisposeAsync()
    {
        if (await ExistsAsync(_role)) await _history.Database.ExecuteAsync($"drop owned by {Quoted}; drop role {Quoted}");
        await _history.DisposeAsync();
    }

    private string Quoted => $"\"{_role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [Fact]
    public async Task The_role_reads_every_view_and_no_table_of_the_database()
    {
        Assert.Empty(await _roles.GrantAsync(_role, create: true, password: null, default));

        await using var analyst = await ConnectAsync();
        foreach (var view in AnalyticsSchema.Views) Assert.True((long)(await ScalarAsync(analyst, $"select count(*) from analytics.{view.Name}"))! > 0, view.Name);
        // Its search path is the schema.
        Assert.True((long)(await ScalarAsync(analyst, "select count(*) from meetings"))! > 0);

        var others = await _history.Database.RowsAsync(
            """
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname not in ('analytics', 'pg_catalog', 'information_schema') and n.nspname not like 'pg\_%'
            """);
        Assert.Superset(new HashSet<string> { "mt_events", "mt_streams", "secret", "meeting_instance", "server" }, others.Select(row => (string)row[0]!).ToHashSet());
        foreach (var other in others)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(analyst, $"select * from public.{other[0]} limit 1"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Theory]
    [InlineData("create table analytics.mine (n int)")]
    [InlineData("delete from analytics.tenants")]
    [InlineData("update analytics.servers set host = 'x'")]
    [InlineData("create or replace view analytics.servers as select 1 as server_id")]
    [InlineData("select lo_import('/etc/passwd')")]
    [InlineData("select rolpassword from pg_authid")]
    public async Task The_role_changes_nothing(string sql)
    {
        await _roles.GrantAsync(_role, create: true, password: null, default);
        await using var analyst = await ConnectAsync();
        // A role may switch this off, and is refused all the same.
        await ScalarAsync(analyst, "set default_transaction_read_only = off");
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(analyst, sql));
    }

    [Fact]
    public async Task No_view_tells_a_secret_a_fingerprint_a_name_of_a_meeting_or_a_recording_or_its_metadata()
    {
        var views = new StringBuilder();
        foreach (var view in AnalyticsSchema.Views)
        {
            foreach (var row in await _history.Database.RowsAsync($"select to_jsonb(v)::text from analytics.{view.Name} v")) views.AppendLine((string)row[0]!);
        }

        var text = views.ToString();
        var kept = await _history.Database.RowsAsync(
            """
            select secret_fingerprint from server union all select unnest(secret_fingerprints) from tenant union all select url_fingerprint from callback_queue
            union all select signer_fingerprint from callback_queue union all select moderator_password_fingerprint from meeting_instance
            union all select lrs_fingerprint from tenant union all select hash from admin_token union all select fingerprint from secret
            union all select name from meeting_instance union all select name from recording_catalog where state <> 'deleted'
            union all select value from recording_metadata where length(value) > 3
            """);
        var secrets = kept.Select(row => row[0]).OfType<string>().Append(Secret).Distinct().ToArray();
        Assert.True(secrets.Length > 10);
        Assert.All(secrets.Where(secret => secret is not ("found" or "" or "signer")), secret => Assert.DoesNotContain($"\"{secret}\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Views_that_come_later_are_read_too_until_the_role_is_revoked()
    {
        await _roles.GrantAsync(_role, create: true, password: null, default);
        await _history.Database.ExecuteAsync("create view analytics.later as select 7 as n");
        await using (var analyst = await ConnectAsync()) Assert.Equal(7, await ScalarAsync(analyst, "select n from analytics.later"));

        await _roles.RevokeAsync(_role, default);
        await using (var analyst = await ConnectAsync()) await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(analyst, "select n from analytics.later"));
        await _history.Database.ExecuteAsync($"drop role {Quoted}");
    }

    [Fact]
    public async Task What_a_role_reads_besides_is_told_and_one_that_reads_everything_is_refused()
    {
        await _history.Database.ExecuteAsync($"create role {Quoted} login; grant select (id) on server to {Quoted}");
        Assert.Equal(["public.server"], await _roles.GrantAsync(_role, create: false, password: null, default));

        var me = (string)(await _history.Database.ScalarAsync<string>("select current_user::text"))!;
        Assert.Contains("superuser", (await Assert.ThrowsAsync<AnalyticsRoleException>(() => _roles.GrantAsync(me, create: false, password: null, default))).Message);
        Assert.Contains("--create", (await Assert.ThrowsAsync<AnalyticsRoleException>(() => _roles.GrantAsync("nobody at all", create: false, password: null, default))).Message);
    }

    [Fact]
    public async Task A_password_is_kept_as_its_proof_alone()
    {
        await _roles.GrantAsync(_role, create: true, "correct horse", default);
        var kept = await _history.Database.ScalarAsync<string>("select rolpassword from pg_authid where rolname = $1", _role);
        Assert.Matches(@"^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$", kept);
        await Assert.ThrowsAsync<AnalyticsRoleException>(() => _roles.GrantAsync("another", create: true, "pässword", default));
        Assert.False(await ExistsAsync("another"));
    }

    [Fact]
    public void The_proof_of_a_password_is_that_of_RFC_7677()
    {
        const string Message = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var keys = ScramVerifier.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")).Split('$')[^1].Split(':');
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(keys[1]), Encoding.ASCII.GetBytes(Message))));

        var signature = HMACSHA256.HashData(Convert.FromBase64String(keys[0]), Encoding.ASCII.GetBytes(Message));
        var clientKey = Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").Zip(signature, (proof, s) => (byte)(proof ^ s)).ToArray();
        Assert.Equal(keys[0], Convert.ToBase64String(SHA256.HashData(clientKey)));
    }

    [Fact]
    public async Task A_program_that_may_not_create_schemas_sets_up_one_that_was_made_for_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync($"create role {Quoted} login; grant usage, create on schema public to {Quoted}; create schema analytics authorization {Quoted}");
        await using (var owner = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = _role }.ConnectionString))
        {
            Assert.True(await DatabaseSchema.InstallAsync(owner, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]));
        }

        await database.ExecuteAsync($"drop owned by {Quoted}");
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_history.Database.ConnectionString) { Username = _role, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<bool> ExistsAsync(string role) => await _history.Database.ScalarAsync<long>("select count(*) from pg_roles where rolname = $1", role) > 0;
}
