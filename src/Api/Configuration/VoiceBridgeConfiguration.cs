using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>The numbers that callers key in.</summary>
internal static class VoiceBridgeConfiguration
{
    public static readonly Setting<int> Length = SettingKinds.Integer(
        "VOICE_BRIDGE_LEN", 9, 5, 15, "Digits of the voice bridge numbers that are made here. The nodes' dial plan must accept them.");

    public static readonly Setting<bool> UsesExternal = SettingKinds.Boolean(
        "USE_EXTERNAL_VOICE_BRIDGE", "A client's `voiceBridge` is used, unless another meeting has that number.");

    public static IReadOnlyList<Setting> All => [Length, UsesExternal];

    public static VoiceBridgeSettings Read(SettingsReader reader) => new()
    {
        Length = reader.Read(Length),
        UsesExternal = reader.Read(UsesExternal),
    };
}
