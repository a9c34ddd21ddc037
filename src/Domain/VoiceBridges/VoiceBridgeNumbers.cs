using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scalelite.Domain.VoiceBridges;

/// <summary>How voice bridge numbers are chosen.</summary>
/// <param name="Length">VOICE_BRIDGE_LEN: digits of a number that we make.</param>
/// <param name="UseExternal">USE_EXTERNAL_VOICE_BRIDGE: the number that the client asks for is tried first.</param>
/// <param name="MinLength">VOICE_BRIDGE_MIN: a client's shorter number is not used; it would take too many longer ones away.</param>
public sealed record VoiceBridgeSettings(int Length = 9, bool UseExternal = false, int MinLength = 5);

/// <summary>The numbers that callers key in to reach a meeting: Scalelite's, because people have them in their calendars.</summary>
public static class VoiceBridgeNumbers
{
    /// <summary>The fewest digits that a setting may ask for.</summary>
    public const int ShortestLength = 5;

    /// <summary>The most digits that a setting may ask for.</summary>
    public const int LongestLength = 18;

    // BigBlueButton's own number for echo tests.
    private const string Test = "99999";
    private const int ScalelitesTries = 10;
    private const int FurtherDraws = 1000;

    /// <summary>
    /// The numbers to try for a meeting, in order: the client's, where it is used; Scalelite's ten, the same in every run; then
    /// further draws; then all. Lazy: the first is nearly always free.
    /// </summary>
    public static IEnumerable<string> Tries(string meetingId, VoiceBridgeSettings settings, string? asked = null)
    {
        if (settings.Length is < ShortestLength or > LongestLength)
            throw new ArgumentOutOfRangeException(nameof(settings), settings.Length, $"A voice bridge has {ShortestLength} to {LongestLength} digits.");
        if (settings.UseExternal && asked is { Length: <= 20 } && asked.Length >= settings.MinLength && asked.All(char.IsAsciiDigit) && asked != Test)
            yield return asked;

        var random = new MersenneTwister(SeedOf(meetingId));
        for (var i = 0; i < ScalelitesTries + FurtherDraws; i++)
        {
            var drawn = Draw(random, settings.Length);
            if (drawn != Test)
                yield return drawn;
        }

        var first = (long)Math.Pow(10, settings.Length - 1);
        for (var number = first; number < first * 10; number++)
        {
            var any = number.ToString(CultureInfo.InvariantCulture);
            if (any != Test)
                yield return any;
        }
    }

    /// <summary>The first of <see cref="Tries"/> that nobody has; null where all are in use.</summary>
    /// <param name="isTaken">Whether a number <see cref="Conflict"/>s with one in use by another live meeting, of any tenant.</param>
    public static string? Choose(string meetingId, VoiceBridgeSettings settings, string? asked, Func<string, bool> isTaken) =>
        Tries(meetingId, settings, asked).FirstOrDefault(number => !isTaken(number));

    /// <summary>Two meetings cannot have both: they are equal, or one is the beginning of the other, which a breakout of it may have.</summary>
    public static bool Conflict(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    /// <summary>Its beginnings, itself included, that another meeting's number may be: what to look for beside numbers that begin with it.</summary>
    public static IEnumerable<string> Beginnings(string number)
    {
        for (var length = 1; length <= number.Length; length++)
            yield return number[..length];
    }

    /// <summary>A breakout's number, which its node gives it: its parent's and its own place among them.</summary>
    /// <param name="sequence">From 1.</param>
    public static string OfBreakout(string parent, int sequence) => parent + sequence.ToString(CultureInfo.InvariantCulture);

    private static string Draw(MersenneTwister random, int length) => string.Create(length, random, static (digits, random) =>
    {
        digits[0] = (char)('0' + random.Next(1, 9));
        for (var i = 1; i < digits.Length; i++)
            digits[i] = (char)('0' + random.Next(0, 9));
    });

    private static UInt128 SeedOf(string meetingId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(meetingId), hash);
        return new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
    }
}
