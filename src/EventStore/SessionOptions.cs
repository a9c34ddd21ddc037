using Npgsql;

namespace Scalelite.EventStore;

/// <summary>Where a session works.</summary>
public sealed class SessionOptions
{
    internal NpgsqlTransaction? Transaction { get; private init; }

    internal bool CommitsTransaction { get; private init; }

    /// <summary>
    /// A session inside the caller's transaction. With <paramref name="shouldAutoCommit"/> saving also commits it,
    /// in the same round trip as the last write; a session with nothing to save commits nothing, as with Marten.
    /// </summary>
    public static SessionOptions ForTransaction(NpgsqlTransaction transaction, bool shouldAutoCommit = false) =>
        new() { Transaction = transaction, CommitsTransaction = shouldAutoCommit };
}
