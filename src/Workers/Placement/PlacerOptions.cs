using Scalelite.Domain.VoiceBridges;
using Scalelite.Workers.Configuration;
using VoiceBridgeSettings = Scalelite.Domain.VoiceBridges.VoiceBridgeSettings;

namespace Scalelite.Workers.Placement;

/// <summary>How meetings are placed.</summary>
/// <param name="Policy">As <c>PLACEMENT_POLICY</c> names it.</param>
/// <param name="MinimumUsers">LOAD_MIN_USER_COUNT.</param>
/// <param name="JoinBuffer">LOAD_JOIN_BUFFER_TIME.</param>
/// <param name="MoveAfter">MOVE_AFTER.</param>
/// <param name="VoiceBridges">VOICE_BRIDGE_LEN, USE_EXTERNAL_VOICE_BRIDGE.</param>
public sealed record PlacerOptions(
    string Policy, int MinimumUsers, TimeSpan JoinBuffer, bool UntaggedMayUseTagged, TimeSpan MoveAfter, VoiceBridgeSettings VoiceBridges)
{
    /// <summary>
    /// The numbers that are looked up for a meeting. A clash of long ones is rare, so that a few are enough; of short ones it is not.
    /// </summary>
    public IEnumerable<string> NumbersOf(PlacementOrder order) => VoiceBridgeNumbers
        .Tries(order.MeetingId, VoiceBridges, order.ExternalVoiceBridge)
        .Take(VoiceBridges.Length >= 8 ? 4 : 40);

    /// <summary>From the settings.</summary>
    public static PlacerOptions From(Settings settings) => new(
        settings.Placement.Policy,
        settings.Placement.MinimumUsers,
        settings.Placement.JoinBuffer,
        settings.Placement.UntaggedMayUseTagged,
        settings.Placement.MoveAfter,
        new VoiceBridgeSettings(settings.VoiceBridges.Length, settings.VoiceBridges.UsesExternal, settings.DialIn.FewestDigits));
}
