using System.Globalization;
using Npgsql;

namespace Scalelite.Api.Configuration;

/// <summary>A database as a URI, read as libpq and Rails read it.</summary>
internal sealed record DatabaseUrl
{
    private const int DefaultPool = 30;
    private readonly NpgsqlConnectionStringBuilder _connection;

    private DatabaseUrl(NpgsqlConnectionStringBuilder connection) => _connection = connection;

    /// <summary>The connection string for Npgsql. Without prepared statements it also works through pgbouncer in transaction mode.</summary>
    public string ConnectionString(bool preparedStatements) =>
        new NpgsqlConnectionStringBuilder(_connection.ConnectionString)
        {
            MaxAutoPrepare = preparedStatements ? 200 : 0,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = !preparedStatements,
        }.ConnectionString;

    /// <summary>Reads the URI; says which part is wrong, never the password.</summary>
    public static Parsed<DatabaseUrl?> Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgresql" or "postgres"))
            return Wrong("it must start with postgresql:// and be a URI; write special characters of the password as %XX");

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? Uri.UnescapeDataString(uri.Host).Trim('[', ']') : "localhost",
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            MaxPoolSize = DefaultPool,
            Timeout = 3,
            ApplicationName = "scalelite",
        };
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
        if (user.Length > 0) connection.Username = user;
        if (colon >= 0) connection.Password = Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]);

        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? part : part[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            if (!Apply(connection, name, value, out var why)) return Wrong(why);
        }

        return string.IsNullOrEmpty(connection.Database) ? Wrong("it names no database") : new DatabaseUrl(connection);
    }

    private static bool Apply(NpgsqlConnectionStringBuilder connection, string name, string value, out string why)
    {
        why = $"'{name}' cannot be '{value}'";
        switch (name)
        {
            case "sslmode":
                if (!Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) || int.TryParse(value, out _))
                    return false;
                connection.SslMode = mode;
                return true;
            case "sslrootcert":
                connection.RootCertificate = value;
                return true;
            case "sslcert":
                connection.SslCertificate = value;
                return true;
            case "sslkey":
                connection.SslKey = value;
                return true;
            case "host":
                connection.Host = value;
                return true;
            case "port" when Number(value, 1, 65_535) is { } port:
                connection.Port = port;
                return true;
            case "user":
                connection.Username = value;
                return true;
            case "password":
                why = "";
                connection.Password = value;
                return true;
            case "dbname":
                connection.Database = value;
                return true;
            case "application_name":
                connection.ApplicationName = value;
                return true;
            case "connect_timeout" when Number(value, 1, 1024) is { } seconds:
                connection.Timeout = seconds;
                return true;
            case "pool" when Number(value, 2, 1000) is { } connections:
                connection.MaxPoolSize = connections;
                return true;
            case "encoding" or "prepared_statements" or "reconnect":
                return true;
            case "port" or "connect_timeout" or "pool":
                return false;
            default:
                why = $"'{name}' is not known here";
                return false;
        }
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static Parsed<DatabaseUrl?> Wrong(string why) => Parsed<DatabaseUrl?>.Wrong(why);
}
