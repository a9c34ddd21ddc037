namespace Scalelite.Workers.Configuration;

/// <summary>What a FreeSWITCH that asks at <c>/fsapi</c> is told.</summary>
public sealed record DialInSettings
{
    /// <summary>FSAPI_PASSWORD: what it must know; null switches dial-in off.</summary>
    public string? Password { get; init; }

    /// <summary>VOICE_BRIDGE_MIN: the fewest digits that a caller may key in.</summary>
    public int FewestDigits { get; init; } = 5;

    /// <summary>VOICE_BRIDGE_MAX: the most digits that a caller may key in.</summary>
    public int MostDigits { get; init; } = 9;

    /// <summary>FSAPI_MAX_DURATION, else MAX_MEETING_DURATION: when a call is hung up; null never.</summary>
    public TimeSpan? MaximumDuration { get; init; }
}
