using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Scalelite.Workers.Tenants;

/// <summary>
/// What a node is given to report to its tenant's learning record store: JSON, encrypted under the node's secret as its reporter opens it.
/// AES-256-CBC, key and IV from PBKDF2 with SHA-256, 10,000 rounds, 48 bytes; Base64 of 8 random bytes, 8 of salt, the ciphertext.
/// </summary>
public static class LrsPayload
{
    private const int Rounds = 10_000;
    private const int PrefixBytes = 8;
    private const int SaltBytes = 8;
    private const int KeyBytes = 32;
    private const int IvBytes = 16;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For a store that takes name and password.</summary>
    public static string OfUser(string endpoint, string userName, string password, string nodeSecret) =>
        Encrypt(endpoint, nodeSecret, ("lrs_username", userName), ("lrs_password", password));

    /// <summary>For a store that takes a token.</summary>
    public static string OfToken(string endpoint, string token, string nodeSecret) => Encrypt(endpoint, nodeSecret, ("lrs_token", token));

    private static string Encrypt(string endpoint, string nodeSecret, params ReadOnlySpan<(string Name, string Value)> access)
    {
        var json = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(json, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("lrs_endpoint", endpoint);
            foreach (var (name, value) in access) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        Span<byte> prefix = stackalloc byte[PrefixBytes + SaltBytes];
        RandomNumberGenerator.Fill(prefix);
        Span<byte> keys = stackalloc byte[KeyBytes + IvBytes];
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(nodeSecret), prefix[PrefixBytes..], keys, Rounds, HashAlgorithmName.SHA256);
        using var aes = Aes.Create();
        aes.Key = keys[..KeyBytes].ToArray();
        return Convert.ToBase64String([.. prefix, .. aes.EncryptCbc(json.WrittenSpan, keys[KeyBytes..])]);
    }
}
