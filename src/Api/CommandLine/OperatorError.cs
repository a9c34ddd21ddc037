using System.Net.Sockets;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Projections.Rebuild;

namespace Scalelite.Api.CommandLine;

/// <summary>Failures that an operator can put right.</summary>
internal static class OperatorError
{
    /// <summary>What to tell the operator in one line; null for what should not happen and deserves its stack trace.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        PostgresException e => $"PostgreSQL refuses: {e.MessageText} ({e.SqlState})",
        NpgsqlException { InnerException: SocketException or TimeoutException or IOException } e =>
            $"PostgreSQL does not answer at the address in DATABASE_URL: {e.InnerException!.Message}",
        NpgsqlException e => $"PostgreSQL: {e.Message}",
        DatabaseSchemaException or SecretUnopenableException or PrivateClusterException or RebuildException => exception.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e => e.Message,
        OperationCanceledException => "Cancelled",
        _ => null,
    };
}
