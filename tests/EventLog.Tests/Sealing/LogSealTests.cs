using System.Security.Cryptography;
using System.Text;
using Scalelite.EventLog.Sealing;
using Xunit;

namespace Scalelite.EventLog.Tests.Sealing;

public sealed class LogSealTests
{
    private const string KeyBase = "a key base for the tests of seals";

    private static readonly LogSeal Made = new SealKey(KeyBase).Sign(new LogSeal(
        2, 4097, 8200, 4096, new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(1)).AddMicroseconds(123456),
        new string('a', 64), new string('b', 64), new string('c', 64), "", ""));

    [Fact]
    public void A_seal_can_be_checked_by_hand_as_docs_audit_md_tells()
    {
        var content = Encoding.UTF8.GetBytes(
            $"scalelite seal 1\n2\n4097\n8200\n4096\n2026-03-02T08:00:00.123456Z\n{Made.Root}\n{Made.Leaves}\n{Made.Previous}\n{Made.Key}\n");
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(KeyBase), 32, null, "scalelite log seal 1"u8.ToArray());
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, content)), Made.Signature);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), Made.Hash);
    }

    [Fact]
    public void A_seal_is_read_from_its_line_as_it_was_written()
    {
        var line = Made.ToLine();
        Assert.StartsWith("""{"seal":2,"first":4097,"last":8200,"events":4096,"at":"2026-03-02T08:00:00.123456+00:00","root":"aaaa""", line, StringComparison.Ordinal);
        Assert.Equal('\n', Assert.Single(line, char.IsControl));
        var read = LogSeal.Read(line)!;
        Assert.Equal(Made, read);
        Assert.True(new SealKey(KeyBase).HasSigned(read));
        Assert.False(new SealKey(KeyBase + "!").HasSigned(read));
        Assert.False(new SealKey(KeyBase).HasSigned(read with { Last = 8201 }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no seal")]
    [InlineData("{}")]
    [InlineData("""{"seal":"two"}""")]
    [InlineData("""{"seal":2,"first":4097,"last":8200,"events":4096,"at":"2026-03-02T08:00:00.123""")]
    public void What_is_no_seal_is_none(string line) => Assert.Null(LogSeal.Read(line));
}
