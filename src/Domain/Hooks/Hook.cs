using Scalelite.Domain.Callbacks;

namespace Scalelite.Domain.Hooks;

/// <summary>A URL of a client that hears of what happens in meetings (stream <c>hook-{id}</c>). It may be destroyed and created again.</summary>
/// <param name="Number">What clients know it by; another one each time that it is created.</param>
public sealed record Hook(Guid HookId, long Number, bool Destroyed)
{
    public static Hook Create(HookCreated e) => new(e.HookId, e.Number, false);

    public Hook Apply(HookCreated e) => this with { Number = e.Number, Destroyed = false };

    public Hook Apply(HookDestroyed _) => this with { Destroyed = true };

    /// <summary>The id of a tenant's hook for a URL.</summary>
    /// <param name="urlFingerprint">Of the URL.</param>
    public static Guid IdOf(string tenantId, string urlFingerprint) => CallbackId.Of("hook", Guid.Empty, $"{tenantId}\0{urlFingerprint}");

    /// <summary>Creates it again after it was destroyed; nothing where it is there.</summary>
    public Decision CreateAgain(HookCreated created) => Destroyed ? Decision.Of(created) : Decision.Nothing;

    /// <summary>Destroys it; nothing where it is destroyed, or was created again under another number.</summary>
    public Decision Destroy(long number, DateTimeOffset at) => !Destroyed && Number == number ? Decision.Of(new HookDestroyed(HookId, at)) : Decision.Nothing;
}
