namespace Scalelite.Workers.Servers;

/// <summary>
/// A meeting was given up with its server: its node is asked to end it, if it can still be reached. What we know does not depend on
/// the answer.
/// </summary>
/// <param name="Url">Of the server, which may have left the pool.</param>
public sealed record EndGivenUpMeeting(Guid Instance, string ServerId, string Url, string MeetingId);
