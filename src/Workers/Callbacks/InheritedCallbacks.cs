using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Callback URLs of meetings whose run we do not know, because another load balancer ran it before this one took its place: kept by
/// meetingID, as that one kept them, under the same kinds as a run's (<see cref="RunCallbacks.Kind"/>).
/// </summary>
public static class InheritedCallbacks
{
    /// <summary>The owner of such URLs in table <c>secret</c>; a digest, since clients choose meetingIDs.</summary>
    public static string OwnerOf(string meetingId) =>
        $"inherited-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(meetingId)).AsSpan(0, 16))}";
}
