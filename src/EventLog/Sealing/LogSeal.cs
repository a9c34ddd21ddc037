using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scalelite.EventLog.Sealing;

/// <summary>That the events of a part of the log were what they were, signed. Written to <c>log_seal</c>, and outside the database as one line of JSON.</summary>
/// <param name="Seal">From 1, without a gap.</param>
/// <param name="First">The first number that it covers: the one after the last seal's.</param>
/// <param name="Last">The last number that it covers. Numbers without an event are as much a part of it.</param>
/// <param name="Events">How many events bear them.</param>
/// <param name="At">When it was made, in whole microseconds, UTC.</param>
/// <param name="Root">Merkle root of the events' leaves in order of number, lower case hex as all that follow.</param>
/// <param name="Leaves">SHA-256 of what the table keeps of the events.</param>
/// <param name="Previous">SHA-256 of the last seal's content; zeros for the first.</param>
/// <param name="Key">Which key signed: <see cref="SealKey.Id"/>.</param>
/// <param name="Signature">HMAC-SHA-256 of the content.</param>
public sealed record LogSeal(
    [property: JsonPropertyName("seal")] long Seal,
    [property: JsonPropertyName("first")] long First,
    [property: JsonPropertyName("last")] long Last,
    [property: JsonPropertyName("events")] int Events,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("root")] string Root,
    [property: JsonPropertyName("leaves")] string Leaves,
    [property: JsonPropertyName("previous")] string Previous,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("signature")] string Signature)
{
    /// <summary><see cref="Previous"/> of the first seal.</summary>
    public static readonly string NothingBefore = new('0', 64);

    /// <summary>What is signed, and what the next seal names the hash of.</summary>
    [JsonIgnore]
    public byte[] Content => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"scalelite seal 1\n{Seal}\n{First}\n{Last}\n{Events}\n{At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\n{Root}\n{Leaves}\n{Previous}\n{Key}\n"));

    /// <summary>SHA-256 of the content, lower case hex.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>The line that is written outside the database, with its end.</summary>
    public string ToLine() => JsonSerializer.Serialize(this with { At = At.ToUniversalTime() }) + "\n";

    /// <summary>
    /// Reads a line; null where it is none. What a crash left of a line before it, without an end, is passed over.
    /// </summary>
    public static LogSeal? Read(string line)
    {
        var begin = line.LastIndexOf('{');
        if (begin < 0) return null;
        try
        {
            return JsonSerializer.Deserialize<LogSeal>(line.AsSpan(begin)) is
            { Root: not null, Leaves: not null, Previous: not null, Key: not null, Signature: not null } seal ? seal : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
