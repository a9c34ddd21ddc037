namespace Scalelite.BigBlueButton.Answers;

/// <summary>An error as BBB tells it: clients compare both texts byte by byte.</summary>
/// <param name="Key">The <c>messageKey</c>.</param>
/// <param name="Message">The <c>message</c>.</param>
public sealed record BbbError(string Key, string Message)
{
    private byte[]? _xml;

    /// <summary>The whole answer, UTF-8, made once.</summary>
    public ReadOnlyMemory<byte> Xml => _xml ??= BbbXml.Failed(Key, Message);

    /// <summary>Equal by key and message.</summary>
    public bool Equals(BbbError? other) => other is not null && Key == other.Key && Message == other.Message;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Key, Message);
}
