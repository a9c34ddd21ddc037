namespace Scalelite.Domain.Servers;

/// <summary>What the operator wants of a server.</summary>
public enum AdministrativeState
{
    /// <summary>Takes no meetings; those on it are not joined any more.</summary>
    Disabled,

    /// <summary>Drains: its meetings go on, new ones go elsewhere.</summary>
    Cordoned,

    /// <summary>Takes meetings.</summary>
    Enabled,
}

/// <summary>What the polls and calls show of a server.</summary>
public enum Health
{
    /// <summary>Not answering, or not yet seen answering.</summary>
    Offline,

    /// <summary>The last poll or call failed: no new meetings.</summary>
    Suspect,

    /// <summary>Answering.</summary>
    Online,
}

/// <summary>A node joined the pool, disabled. The secret itself is sealed in table <c>secret</c>.</summary>
/// <param name="Url">The node's API base, <c>https://node/bigbluebutton/api</c>, without a trailing slash.</param>
/// <param name="LoadMultiplier">Its load counts this many times; higher means fewer meetings.</param>
public sealed record ServerRegistered(string ServerId, string Url, string SecretFingerprint, decimal LoadMultiplier, string? Tag, DateTimeOffset At);

/// <summary>An operator let the server take meetings.</summary>
public sealed record ServerEnabled(string ServerId, DateTimeOffset At);

/// <summary>An operator began to drain the server.</summary>
public sealed record ServerCordoned(string ServerId, DateTimeOffset At);

/// <summary>The last meeting of a cordoned server is gone: it is disabled now.</summary>
public sealed record ServerDrained(string ServerId, DateTimeOffset At);

/// <summary>An operator disabled the server.</summary>
public sealed record ServerDisabled(string ServerId, DateTimeOffset At);

/// <summary>An operator gave the server's meetings up; it is disabled unless <paramref name="KeepState"/>.</summary>
public sealed record ServerPanicked(string ServerId, bool KeepState, int Meetings, DateTimeOffset At);

/// <summary>The server left the pool. Its secret stays valid for uploads and analytics for a while.</summary>
public sealed record ServerRemoved(string ServerId, DateTimeOffset At);

/// <summary>The node's API is at another URL.</summary>
public sealed record ServerUrlChanged(string ServerId, string Url, DateTimeOffset At);

/// <summary>The server's tag changed; null means untagged.</summary>
public sealed record ServerTagged(string ServerId, string? Tag, DateTimeOffset At);

/// <summary>The server's load multiplier changed.</summary>
public sealed record LoadMultiplierChanged(string ServerId, decimal LoadMultiplier, DateTimeOffset At);

/// <summary>How many users the server is meant for, to be shown as headroom; null where nobody says. Placement does not read it.</summary>
public sealed record ServerCapacityChanged(string ServerId, int? Users, DateTimeOffset At);

/// <summary>The server has another secret.</summary>
public sealed record SecretRotated(string ServerId, string SecretFingerprint, DateTimeOffset At);

/// <summary>A poll or a call failed for the first time: no new meetings until it is known better.</summary>
public sealed record ServerSuspected(string ServerId, string Reason, DateTimeOffset At);

/// <summary>SERVER_UNHEALTHY_THRESHOLD polls failed in a row.</summary>
public sealed record ServerWentOffline(string ServerId, string Reason, DateTimeOffset At);

/// <summary>SERVER_HEALTHY_THRESHOLD polls succeeded in a row.</summary>
public sealed record ServerCameOnline(string ServerId, DateTimeOffset At);

/// <summary>The node says that it runs this version of BigBlueButton.</summary>
public sealed record ServerVersionSeen(string ServerId, string Version, DateTimeOffset At);

/// <summary>Meetings of the node ended without a call from it: from now on its meetings get their clients' own URLs, until it is enabled anew.</summary>
public sealed record ServerEndCallbacksPassed(string ServerId, DateTimeOffset At);
