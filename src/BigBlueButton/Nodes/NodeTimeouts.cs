namespace Scalelite.BigBlueButton.Nodes;

/// <summary>How long a call may take, and where.</summary>
/// <param name="Connect">Resolving, connecting and TLS together (CONNECT_TIMEOUT).</param>
/// <param name="Response">
/// Silence of the node once connected (RESPONSE_TIMEOUT): it begins anew with each part of the request that is sent and each part of the
/// answer that is received, and does not run while the caller's own body is waited for.
/// </param>
/// <param name="Total">All of it, waiting for a free connection included; null for no limit.</param>
public sealed record NodeTimeouts(TimeSpan Connect, TimeSpan Response, TimeSpan? Total = null)
{
    /// <summary>5 s and 10 s, no limit in total.</summary>
    public static NodeTimeouts Default { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));

    /// <summary>How long to wait while as many calls as are allowed are under way to the node.</summary>
    public TimeSpan Queue { get; init; } = Response;
}
