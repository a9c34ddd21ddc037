using Npgsql;

namespace Scalelite.Messaging.Sending;

/// <summary>Another worker took the message, or someone deleted it, while it was handled here: nothing of this run was written.</summary>
internal sealed class LeaseLostException(Guid message, Exception? inner = null)
    : Exception($"The lease of message {message} was lost; nothing was written", inner)
{
    private const string SqlState = "SL001";

    /// <summary>Whether the database refused a transaction in <c>acknowledge_message</c>.</summary>
    public static bool IsCauseOf(Exception? exception) =>
        exception is not null && (exception is LeaseLostException or PostgresException { SqlState: SqlState } || IsCauseOf(exception.InnerException));
}
