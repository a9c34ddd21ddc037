using Npgsql;
using Scalelite.Api.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Configuration;

public sealed class DatabaseUrlTests
{
    [Fact]
    public void A_uri_becomes_a_connection_string()
    {
        var connection = Connection("postgresql://me:p%40ss%3Aword@db.example.org:6432/scalelite?sslmode=verify-full&connect_timeout=7&pool=12");

        Assert.Equal(("db.example.org", 6432, "me", "p@ss:word"), (connection.Host, connection.Port, connection.Username, connection.Password));
        Assert.Equal(("scalelite", SslMode.VerifyFull, 7, 12), (connection.Database, connection.SslMode, connection.Timeout, connection.MaxPoolSize));
    }

    [Fact]
    public void A_socket_is_named_in_the_query() =>
        Assert.Equal("/run/postgresql", Connection("postgres:///scalelite?host=/run/postgresql").Host);

    [Fact]
    public void Without_prepared_statements_nothing_depends_on_the_session()
    {
        var connection = Connection("postgresql://db/scalelite", preparedStatements: false);
        Assert.Equal((0, true), (connection.MaxAutoPrepare, connection.NoResetOnClose));
    }

    [Theory]
    [InlineData("db.example.org/scalelite")]
    [InlineData("mysql://db/scalelite")]
    [InlineData("postgresql://db")]
    [InlineData("postgresql://db/scalelite?sslmode=maybe")]
    [InlineData("postgresql://db/scalelite?sslmode=3")]
    [InlineData("postgresql://db/scalelite?pool=0")]
    [InlineData("postgresql://db/scalelite?statement_timeout=3")]
    public void What_cannot_be_right_is_refused(string url)
    {
        var parsed = DatabaseUrl.Parse(url);
        Assert.False(parsed.Succeeded);
        Assert.NotNull(parsed.Why);
    }

    private static NpgsqlConnectionStringBuilder Connection(string url, bool preparedStatements = true) =>
        new(DatabaseUrl.Parse(url).Value!.ConnectionString(preparedStatements));
}
