using Microsoft.Extensions.Configuration;
using Npgsql;
using Scalelite.Api.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Api.Hosting;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

/// <summary>The program's commands on a database of their own.</summary>
public sealed class Commands : IAsyncLifetime
{
    private TestDatabase _database = null!;

    internal TestDatabase Database => _database;

    internal Dictionary<string, string?> Environment { get; } = new()
    {
        ["SECRET_KEY_BASE"] = new string('k', 64),
        ["LOADBALANCER_SECRET"] = "secret-of-the-clients",
    };

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("commands");
        Environment["DATABASE_URL"] = UrlOf(_database.ConnectionString);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    /// <summary>Runs one command line as the shell would.</summary>
    internal async Task<Ran> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var code = await ScaleliteCommand.RunAsync(arguments, output, error, Sources());
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>A host without roles on the same database.</summary>
    internal async Task<BuiltHost> HostAsync() =>
        await ScaleliteHost.BuildAsync(SettingsReading.From(Sources(), Needs.Everything).Settings!, Roles.None, CancellationToken.None);

    /// <summary>The environment as the program reads it.</summary>
    internal IConfiguration Sources() => new ConfigurationBuilder().AddInMemoryCollection(Environment).Build();

    /// <summary>DATABASE_URL for a test's database.</summary>
    internal static string UrlOf(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var password = connection.Password is { Length: > 0 } given ? $"&password={Uri.EscapeDataString(given)}" : "";
        return $"postgresql:///{connection.Database}?host={Uri.EscapeDataString(connection.Host!)}&port={connection.Port}"
            + $"&user={Uri.EscapeDataString(connection.Username!)}{password}&pool=5";
    }
}

/// <summary>What a command said.</summary>
internal sealed record Ran(int Code, string Out, string Error);
