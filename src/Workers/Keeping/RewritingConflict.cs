using Npgsql;

namespace Scalelite.Workers.Keeping;

/// <summary>Tells a transaction that lost against another writer, and may be tried again.</summary>
internal static class RewritingConflict
{
    public static bool Is(Exception? exception) => exception switch
    {
        null => false,
        EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException => true,
        PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.LockNotAvailable,
        } => true,
        _ => Is(exception.InnerException),
    };
}
