using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Projections.Analytics;

/// <summary>What PostgreSQL keeps of a password (RFC 5803): made here, so that the password itself stands in no statement and no server's log.</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096, SaltBytes = 16;

    /// <exception cref="AnalyticsRoleException">The password is empty or has characters that are prepared differently by different clients.</exception>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes));

    internal static string Of(string password, byte[] salt)
    {
        if (password.Length == 0 || password.Any(c => c is < ' ' or > '~')) throw new AnalyticsRoleException("A password is made of the characters that ASCII prints");
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
