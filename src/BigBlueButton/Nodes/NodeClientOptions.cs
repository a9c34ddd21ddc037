using System.Net;
using System.Net.Security;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>How a <see cref="NodeClient"/> behaves towards all nodes.</summary>
public sealed record NodeClientOptions
{
    /// <summary>What calls to nodes are signed with.</summary>
    public ChecksumAlgorithm Algorithm { get; init; } = ChecksumAlgorithm.Sha256;

    /// <summary>Calls under way to one node at once, on <see cref="NodeLane.Calls"/>; more wait.</summary>
    public int CallsPerNode { get; init; } = 64;

    /// <summary>The same on <see cref="NodeLane.Polls"/>, which shares nothing with the other.</summary>
    public int PollsPerNode { get; init; } = 4;

    /// <summary>How long an unused connection is kept: shorter than nodes do (nginx: 65 s or 75 s), so that none is used that the node is closing.</summary>
    public TimeSpan IdleConnection { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>How long a connection is used at most, so that a change in DNS is followed.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of an answer that are held in memory; a larger one is refused.</summary>
    public int LargestAnswer { get; init; } = 64 * 1024 * 1024;

    /// <summary>The <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "Scalelite.EventSourced";

    /// <summary>What to accept of nodes' certificates; null for what the system trusts.</summary>
    public RemoteCertificateValidationCallback? AcceptCertificate { get; init; }

    /// <summary>Resolves a host's name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
