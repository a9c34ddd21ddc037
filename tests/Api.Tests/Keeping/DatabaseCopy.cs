using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Scalelite.Testing;

namespace Scalelite.Api.Tests.Keeping;

/// <summary><c>pg_dump</c> and <c>pg_restore</c>, as an operator runs them.</summary>
internal static class DatabaseCopy
{
    /// <summary>Copies a database, or some of its tables with their sequences, into another by a file.</summary>
    public static async Task CopyAsync(TestDatabase from, TestDatabase to, params string[] tables)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{from.Name}.dump");
        try
        {
            await RunAsync("pg_dump", from, ["--format=custom", $"--file={file}", .. tables.Select(table => $"--table={table}")]);
            await RunAsync("pg_restore", to, ["--no-owner", "--exit-on-error", $"--dbname={to.Name}", file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task RunAsync(string program, TestDatabase database, IEnumerable<string> arguments)
    {
        var at = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(Find(program), arguments)
        {
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = at.Host, ["PGPORT"] = at.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = at.Username, ["PGPASSWORD"] = at.Password ?? "",
                ["PGDATABASE"] = database.Name,
            },
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {error}");
    }

    /// <summary>Beside the server that the tests start.</summary>
    private static string Find(string program) =>
        new[] { Environment.GetEnvironmentVariable("PG_BIN") ?? "" }
            .Concat(Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => path, StringComparer.Ordinal).Select(path => Path.Combine(path, "bin"))
                : [])
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is not where PostgreSQL's server is");
}
