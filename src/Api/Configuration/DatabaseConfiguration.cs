using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>PostgreSQL.</summary>
internal static class DatabaseConfiguration
{
    public static readonly Setting<DatabaseUrl?> Url = SettingKinds.Optional<DatabaseUrl>(
        "DATABASE_URL", "`postgresql://user:password@host:port/database`, optionally `?sslmode=…&connect_timeout=…&pool=…`",
        "The PostgreSQL database. `?host=/run/postgresql` goes through a socket; `pool` is the most connections of one process (30).",
        "postgresql://scalelite:secret@db.example.org:5432/scalelite?sslmode=require", DatabaseUrl.Parse, isSecret: true);

    public static readonly Setting<bool> PreparedStatements = SettingKinds.BooleanTrue(
        "PREPARED_STATEMENT", "Statements are prepared on the server. Set false behind a pgbouncer in transaction mode that does not know them.");

    public static IReadOnlyList<Setting> All => [Url, PreparedStatements];

    public static DatabaseSettings Read(SettingsReader reader, Needs needs)
    {
        if (needs.HasFlag(Needs.Database)) reader.Require(Url, "this command");
        var prepared = reader.Read(PreparedStatements);
        return new DatabaseSettings { ConnectionString = reader.Read(Url)?.ConnectionString(prepared) };
    }
}
