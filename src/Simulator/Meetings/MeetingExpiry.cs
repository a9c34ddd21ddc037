namespace Scalelite.Simulator.Meetings;

/// <summary>When a meeting without users ends by itself. A create's own <c>meetingExpire…</c> parameters win.</summary>
/// <param name="IfNobodyJoined">After its creation, as long as nobody has joined.</param>
/// <param name="WhenLastLeft">After the last user left.</param>
public sealed record MeetingExpiry(TimeSpan IfNobodyJoined, TimeSpan WhenLastLeft)
{
    /// <summary>BBB's defaults: five minutes and one.</summary>
    public static MeetingExpiry OfBigBlueButton { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
}
