namespace Scalelite.Simulator.Faults;

/// <summary>What can go wrong with an answer. What can go wrong with a whole node: <see cref="Reach"/>.</summary>
public enum FaultKind
{
    /// <summary>The call waits before it is executed, or with <see cref="Fault.AfterExecuting"/> its answer does.</summary>
    Latency,

    /// <summary>The request is taken, its body left unread, and nothing is ever answered.</summary>
    Hang,

    /// <summary>The body is read, too; then nothing is ever answered.</summary>
    HangAfterBody,

    /// <summary>The connection is closed without a byte.</summary>
    EmptyReply,

    /// <summary>The call is executed; then the connection is closed without a byte.</summary>
    DropAnswer,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>A web server's error page, by default <c>502</c>.</summary>
    HtmlError,

    /// <summary>XML that is no BBB answer.</summary>
    WrongXml,

    /// <summary>The call is executed; the answer's XML stops in the middle.</summary>
    TruncatedXml,

    /// <summary>A <c>FAILED</c> answer with a key and a message.</summary>
    Failed,

    /// <summary><c>checksumError</c>, as if the node had another secret.</summary>
    ChecksumError,

    /// <summary>The call is executed; counts from 1,000 on are written with a separator.</summary>
    ThousandsSeparators,
}
