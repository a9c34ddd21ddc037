using System.Net;
using Scalelite.Simulator.Meetings;
using Scalelite.Simulator.Recordings;

namespace Scalelite.Simulator;

/// <summary>What a pool of simulated nodes is made of.</summary>
public sealed record SimulatedPoolOptions
{
    /// <summary>How many nodes there are.</summary>
    public int Nodes { get; init; } = 4;

    /// <summary>The first node's port; the others follow it without a gap. 0: free ones.</summary>
    public int FirstPort { get; init; }

    /// <summary>The port of the control endpoint (<c>/simulator/…</c>). 0: a free one; null: there is none.</summary>
    public int? ControlPort { get; init; } = 0;

    /// <summary>The address that nodes and control endpoint listen on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The host name in the nodes' URLs.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>A node's name, by its number from 1.</summary>
    public Func<int, string> NameOf { get; init; } = static n => $"node-{n}";

    /// <summary>A node's secret, by its number from 1.</summary>
    public Func<int, string> SecretOf { get; init; } = static n => $"secret-of-node-{n}";

    /// <summary>The <c>bbbVersion</c> of the root answer. Before 2.5, <c>end</c> asks for the moderator password.</summary>
    public string Version { get; init; } = "3.0.19";

    /// <summary>When meetings without users end by themselves; null: never.</summary>
    public MeetingExpiry? Expiry { get; init; }

    /// <summary>Users who come and go by themselves; null: only those who are told to.</summary>
    public UserBehaviour? Users { get; init; }

    /// <summary>Whether the nodes call <c>meta_endCallbackUrl</c> and <c>meetingEndedURL</c> when a meeting ends.</summary>
    public bool Callbacks { get; init; } = true;

    /// <summary>Whether the nodes have bbb-webhooks: <c>hooks/create</c>, <c>hooks/list</c>, <c>hooks/destroy</c>.</summary>
    public bool Webhooks { get; init; }

    /// <summary>How the nodes record; null: they do not.</summary>
    public NodeRecordingOptions? Recordings { get; init; }

    /// <summary>How often expiry, durations and <see cref="Users"/> are looked at.</summary>
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many calls a node's journal holds; older ones are dropped, counters are not.</summary>
    public int JournalLength { get; init; } = 512;

    /// <summary>The nodes' clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
