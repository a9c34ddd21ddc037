using System.Security.Cryptography;
using System.Text;
using Scalelite.EventLog;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Callback URLs of meetings whose run we do not know, because another load balancer ran it before this one took its place: kept by
/// meetingID, as that one kept them, under the same kinds as a run's (<see cref="RunCallbacks.Kind"/>).
/// </summary>
public static class InheritedCallbacks
{
    /// <summary>The URL of the first of these names that has one; null where none has.</summary>
    /// <param name="names">Of metadata, without <c>meta_</c>.</param>
    public static async Task<string?> FindAsync(SecretVault vault, string meetingId, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            if (await vault.OpenAsync(OwnerOf(meetingId), RunCallbacks.Kind(name), cancellation) is [var url, ..]) return url.Value;
        }

        return null;
    }

    /// <summary>The owner of such URLs in table <c>secret</c>; a digest, since clients choose meetingIDs.</summary>
    public static string OwnerOf(string meetingId) =>
        $"inherited-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(meetingId)).AsSpan(0, 16))}";
}
