using Scalelite.BigBlueButton.Answers;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>Why a node certainly did not take a call.</summary>
public enum NotTakenKind
{
    /// <summary>Its name does not resolve: says nothing about the node.</summary>
    Resolver,

    /// <summary>The connection was refused or its host is unreachable.</summary>
    Refused,

    /// <summary>No connection within <see cref="NodeTimeouts.Connect"/>.</summary>
    ConnectTimeout,

    /// <summary>No TLS: a wrong or expired certificate, for example.</summary>
    Tls,

    /// <summary>As many calls as are allowed are under way, and none ended within <see cref="NodeTimeouts.Queue"/>.</summary>
    Busy,

    /// <summary><see cref="NodeTimeouts.Total"/> passed before anything was sent.</summary>
    Deadline,

    /// <summary>The caller's body broke off, or was partly sent before and is gone: says nothing about the node.</summary>
    Body,
}

/// <summary>Why nobody knows whether a node took a call.</summary>
public enum UncertainKind
{
    /// <summary>It was silent for <see cref="NodeTimeouts.Response"/>.</summary>
    Timeout,

    /// <summary><see cref="NodeTimeouts.Total"/> passed.</summary>
    Deadline,

    /// <summary>The connection broke, or what came back is no HTTP.</summary>
    Broken,

    /// <summary>The answer is larger than <see cref="NodeClientOptions.LargestAnswer"/>.</summary>
    TooLarge,
}

/// <summary>What came of a call to a node.</summary>
/// <param name="Elapsed">From the call's beginning, waiting for a free connection included.</param>
public abstract record NodeReply(TimeSpan Elapsed)
{
    /// <summary>
    /// Null for an answer with a returncode that is not <c>checksumError</c>; otherwise what went wrong, for the log and the operator:
    /// without names, parameters and secrets.
    /// </summary>
    public abstract string? Failure { get; }

    /// <summary>The node answered, be it with a page of its web server.</summary>
    /// <param name="Status">HTTP status; redirects are not followed.</param>
    /// <param name="ContentType">As the node sent it.</param>
    public sealed record Answered(int Status, string? ContentType, ReadOnlyMemory<byte> Body, TimeSpan Elapsed) : NodeReply(Elapsed)
    {
        private NodeAnswer? _answer;

        /// <summary>The node's clock as it answered, in whole seconds; null where it does not say.</summary>
        public DateTimeOffset? Date { get; init; }

        /// <summary>The body, read when first asked for.</summary>
        public NodeAnswer Answer => _answer ??= NodeAnswer.Parse(Body);

        /// <summary>The node does not accept our secret.</summary>
        public bool IsSecretRefused => Answer.IsChecksumError;

        /// <inheritdoc />
        public override string? Failure => Answer.IsChecksumError ? "secret refused" : Answer.Kind switch
        {
            NodeAnswerKind.Success or NodeAnswerKind.Failed => null,
            NodeAnswerKind.Empty => $"HTTP {Status} with an empty answer",
            NodeAnswerKind.Html => $"HTTP {Status} with a web page",
            NodeAnswerKind.NotXml => $"HTTP {Status} with something that is no XML",
            _ => $"HTTP {Status} without a returncode",
        };
    }

    /// <summary>The node answers, and <see cref="NodeClient.OpenAsync"/> leaves its body to the caller.</summary>
    /// <param name="Body">To be disposed of: it holds a connection.</param>
    public sealed record Opened(int Status, string? ContentType, long? Length, Stream Body, TimeSpan Elapsed) : NodeReply(Elapsed)
    {
        /// <summary>The node's clock as it answered, in whole seconds; null where it does not say.</summary>
        public DateTimeOffset? Date { get; init; }

        /// <inheritdoc />
        public override string? Failure => null;
    }

    /// <summary>The node certainly did not take the call: not a byte of it was sent, or it cannot have been whole.</summary>
    public sealed record NotTaken(NotTakenKind Kind, string Reason, TimeSpan Elapsed) : NodeReply(Elapsed)
    {
        /// <inheritdoc />
        public override string Failure => Reason;
    }

    /// <summary>The call was sent, in part at least, and there is no answer: the node may have done what was asked.</summary>
    public sealed record Uncertain(UncertainKind Kind, string Reason, TimeSpan Elapsed) : NodeReply(Elapsed)
    {
        /// <inheritdoc />
        public override string Failure => Reason;
    }
}
