using System.Text;

namespace Scalelite.Workers.Imports.Archives;

/// <summary>A header block of a tar archive: 512 bytes, as V7, ustar, GNU and pax have it.</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int Bytes = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _block = block;

    /// <summary>Two of these end an archive.</summary>
    public bool IsEmpty => !_block.ContainsAnyExcept((byte)0);

    public char Type => (char)_block[156];

    /// <summary>Bytes of content that follow.</summary>
    public long Size => Number(_block[124..136]);

    /// <summary>Epoch seconds.</summary>
    public long ModifiedAt => Number(_block[136..148]);

    public string Name
    {
        get
        {
            var name = Text(_block[..100]);
            // GNU has other fields where ustar has the prefix.
            return _block[257..263].SequenceEqual("ustar\0"u8) && _block[345] != 0 ? $"{Text(_block[345..500])}/{name}" : name;
        }
    }

    /// <summary>Whether its sum is right; some old programs took the bytes as signed.</summary>
    public bool IsWhole
    {
        get
        {
            var (unsigned, signed) = (0L, 0L);
            for (var i = 0; i < Bytes; i++)
            {
                var value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
                unsigned += value;
                signed += (sbyte)value;
            }

            var sum = Number(_block[148..156]);
            return sum == unsigned || sum == signed;
        }
    }

    /// <summary>Text up to a NUL.</summary>
    /// <exception cref="ArchiveRefusedException">It is not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        try
        {
            return Strict.GetString(end < 0 ? bytes : bytes[..end]);
        }
        catch (DecoderFallbackException)
        {
            throw new ArchiveRefusedException($"The name {Printable(Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]))} is not UTF-8");
        }
    }

    /// <summary>A name for a person, whatever is in it.</summary>
    public static string Printable(string name)
    {
        var shown = name.Length > 200 ? name[..200] + "…" : name;
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c))}'";
    }

    /// <summary>Octal digits, or big-endian binary where the first bit is set.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        var number = 0L;
        if ((field[0] & 0x80) != 0)
        {
            if (field[0] != 0x80) return -1;
            foreach (var b in field[1..])
            {
                if (number > long.MaxValue >> 8) return -1;
                number = (number << 8) | b;
            }

            return number;
        }

        var digits = field.Trim(" \0"u8);
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            number = (number << 3) | (uint)(digit - '0');
        }

        return number;
    }
}
