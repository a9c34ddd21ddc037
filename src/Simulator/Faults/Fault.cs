namespace Scalelite.Simulator.Faults;

/// <summary>
/// Something that goes wrong with a node's answers, such as <c>Fault.Hang().On("create").Next(1)</c>.
/// </summary>
/// <param name="Kind">What goes wrong.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>The calls that it strikes (<c>create</c>, <c>root</c>, …); empty: all.</summary>
    public IReadOnlyCollection<string> Calls { get; init; } = [];

    /// <summary>How many calls it strikes before it is over; null: until it is removed.</summary>
    public int? Times { get; init; }

    /// <summary>Whether the call is executed before it goes wrong.</summary>
    public bool AfterExecuting { get; init; }

    /// <summary>How long <see cref="FaultKind.Latency"/> waits.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to how much is added to <see cref="Delay"/>, evenly spread.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The HTTP status of an <see cref="FaultKind.HtmlError"/>.</summary>
    public int Status { get; init; } = 502;

    /// <summary>The key of a <see cref="FaultKind.Failed"/>.</summary>
    public string MessageKey { get; init; } = "internalError";

    /// <summary>The message of a <see cref="FaultKind.Failed"/>.</summary>
    public string Message { get; init; } = "The node was told to fail.";

    /// <summary>The body of an <see cref="FaultKind.HtmlError"/> or <see cref="FaultKind.WrongXml"/>; null: a usual one.</summary>
    public string? Body { get; init; }

    /// <summary>Each call waits, then is executed.</summary>
    public static Fault Latency(TimeSpan delay, TimeSpan jitter = default) => new(FaultKind.Latency) { Delay = delay, Jitter = jitter };

    /// <summary>Each call is executed at once and answered late.</summary>
    public static Fault LateAnswer(TimeSpan delay, TimeSpan jitter = default) => Latency(delay, jitter) with { AfterExecuting = true };

    /// <summary>Nothing is answered; the body stays unread, the call is not executed.</summary>
    public static Fault Hang() => new(FaultKind.Hang);

    /// <summary>Nothing is answered; the body is read, the call is not executed.</summary>
    public static Fault HangAfterBody() => new(FaultKind.HangAfterBody);

    /// <summary>Nothing is answered, but the call is executed.</summary>
    public static Fault HangAfterExecuting() => new(FaultKind.HangAfterBody) { AfterExecuting = true };

    /// <summary>The connection is closed without a byte; the call is not executed.</summary>
    public static Fault EmptyReply() => new(FaultKind.EmptyReply);

    /// <summary>The call is executed; then the connection is closed without a byte.</summary>
    public static Fault DropAnswer() => new(FaultKind.DropAnswer) { AfterExecuting = true };

    /// <summary>The connection is reset; the call is not executed.</summary>
    public static Fault Reset() => new(FaultKind.Reset);

    /// <summary>A web server's error page.</summary>
    public static Fault HtmlError(int status = 502) => new(FaultKind.HtmlError) { Status = status };

    /// <summary>XML, or by <paramref name="body"/> any text, that is no BBB answer.</summary>
    public static Fault WrongXml(string? body = null) => new(FaultKind.WrongXml) { Body = body };

    /// <summary>The call is executed; the answer's XML stops in the middle.</summary>
    public static Fault TruncatedXml() => new(FaultKind.TruncatedXml) { AfterExecuting = true };

    /// <summary>A <c>FAILED</c> answer.</summary>
    public static Fault Failed(string messageKey, string message) => new(FaultKind.Failed) { MessageKey = messageKey, Message = message };

    /// <summary><c>checksumError</c>, as if the node had another secret.</summary>
    public static Fault ChecksumError() => new(FaultKind.ChecksumError);

    /// <summary>Counts from 1,000 on are written with a separator.</summary>
    public static Fault ThousandsSeparators() => new(FaultKind.ThousandsSeparators) { AfterExecuting = true };

    /// <summary>The same, for these calls only.</summary>
    public Fault On(params string[] calls) => this with { Calls = calls };

    /// <summary>The same, for the next calls only.</summary>
    public Fault Next(int calls) => this with { Times = calls };

    internal bool Executes => AfterExecuting || Kind is FaultKind.DropAnswer or FaultKind.TruncatedXml or FaultKind.ThousandsSeparators;
}
