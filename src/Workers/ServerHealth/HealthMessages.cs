namespace Scalelite.Workers.ServerHealth;

/// <summary>A poll or call of a server failed: it gets no new meetings until a poll succeeds. Anyone may send it, for any failed call.</summary>
/// <param name="Reason">For people; without secrets and query strings.</param>
public sealed record SuspectServer(string ServerId, string Reason);

/// <summary>As many polls failed in a row as SERVER_UNHEALTHY_THRESHOLD says.</summary>
public sealed record TakeServerOffline(string ServerId, string Reason);

/// <summary>As many polls succeeded in a row as SERVER_HEALTHY_THRESHOLD says.</summary>
public sealed record BringServerOnline(string ServerId);

/// <summary>A cordoned server seems to have no meeting left.</summary>
public sealed record DrainServer(string ServerId);

/// <summary>Asks a server for its version of BigBlueButton: apart from the polls, seldom.</summary>
public sealed record AskServerVersion(string ServerId);

/// <summary>A server said which version of BigBlueButton it runs.</summary>
public sealed record SeeServerVersion(string ServerId, string Version);
