using Scalelite.EventLog;

namespace Scalelite.Workers.Callbacks;

/// <summary>The URL and the body of a callback in table <c>secret</c>; the owner is <c>callback-{id}</c>.</summary>
internal static class CallbackSecrets
{
    /// <summary>The kind of the URL.</summary>
    public const string UrlKind = "callback-url";

    /// <summary>The kind of the body, where it is not made anew for each attempt.</summary>
    public const string BodyKind = "callback-body";

    /// <summary>How long one that was given up can be retried.</summary>
    public static TimeSpan KeptForRetry { get; } = TimeSpan.FromDays(30);

    /// <summary>The owner.</summary>
    public static string OwnerOf(Guid callback) => $"callback-{callback}";

    /// <summary>What forgets both: nobody is called again.</summary>
    public static IReadOnlyList<QueuedSql> Forget(Guid callback) =>
        [SecretVault.Remove(OwnerOf(callback), UrlKind), SecretVault.Remove(OwnerOf(callback), BodyKind)];

    /// <summary>What lets both end.</summary>
    public static QueuedSql Retire(Guid callback, DateTimeOffset at) => SecretVault.Retire(OwnerOf(callback), kind: null, at + KeptForRetry);

    /// <summary>The URL or body; null where it is lost or was forgotten.</summary>
    public static async Task<string?> FindAsync(this SecretVault vault, Guid callback, string kind, CancellationToken cancellation) =>
        await vault.OpenAsync(OwnerOf(callback), kind, cancellation) is [var secret, ..] ? secret.Value : null;
}
