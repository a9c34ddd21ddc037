using Npgsql;

namespace Scalelite.Messaging.Delivering;

/// <summary>What follows when a message was not handled.</summary>
internal static class Failure
{
    private const int MaxErrorLength = 8000;

    /// <summary>Whether the database went away under the handler, which says nothing about the message.</summary>
    public static bool IsDatabaseAway(Exception? failure) => failure switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException => IsDatabaseAway(failure.InnerException),
        NpgsqlException { IsTransient: true } => true,
        _ => IsDatabaseAway(failure.InnerException),
    };

    /// <summary>The error as it is stored; without NUL, which PostgreSQL's text cannot hold.</summary>
    public static string Describe(Exception failure)
    {
        var text = failure.ToString().Replace("\0", "", StringComparison.Ordinal);
        return text.Length <= MaxErrorLength ? text : text[..MaxErrorLength];
    }
}
