namespace Scalelite.BigBlueButton.Nodes;

/// <summary>Where a node is and how to sign for it.</summary>
/// <param name="ServerId">Its id in the pool.</param>
/// <param name="Url">Its API base, <c>https://node/bigbluebutton/api</c>; a trailing slash does no harm.</param>
/// <param name="Secret">The secret shared with it.</param>
public sealed record NodeAddress(string ServerId, string Url, string Secret)
{
    /// <summary>Id and URL; the secret is not for logs.</summary>
    public override string ToString() => $"{ServerId} ({Url})";
}
