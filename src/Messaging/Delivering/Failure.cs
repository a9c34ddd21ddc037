using System.Text;
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

    /// <summary>The error as PostgreSQL's text can hold it: without NUL and halves of surrogate pairs.</summary>
    public static string Describe(Exception failure)
    {
        var text = failure.ToString();
        if (text.Length > MaxErrorLength) text = text[..MaxErrorLength];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace("\0", "", StringComparison.Ordinal)));
    }
}
