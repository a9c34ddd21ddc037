using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Checksums;

public sealed class ChecksumTests
{
    private const string Secret = "s3cr3t";
    private const string Sha1OfEmpty = "46cf608d2b96da8e287911640412c8a08d0ee33e";

    [Theory]
    [InlineData("getMeetings", "", ChecksumAlgorithm.Sha1, Sha1OfEmpty)]
    [InlineData("getMeetings", "", ChecksumAlgorithm.Sha256, "117c57d3d86545491255f4df3585a9b80af6328b439899beecf24a372e071df5")]
    [InlineData("create", "name=Test&meetingID=abc", ChecksumAlgorithm.Sha1, "a3f5d7c2290551950cbf8953dc46a1e543f88723")]
    [InlineData("create", "name=Test&meetingID=abc", ChecksumAlgorithm.Sha256, "b048119dfddb0f00e4dafab276d80935d4859c36d7ff7ede80cc59b85dc7d8a4")]
    [InlineData("create", "meetingID=abc&name=A+B%20%C3%A9", ChecksumAlgorithm.Sha1, "c2224c539842e2aae94a45528e4be51f233ea583")]
    [InlineData("create", "meetingID=abc&name=A+B%20%C3%A9", ChecksumAlgorithm.Sha256, "36e687fef0d61afbe616afefd1b34bd6e98edfe88dd191870d8b727c92368424")]
    public void The_documented_vectors_come_out(string call, string query, ChecksumAlgorithm algorithm, string checksum)
    {
        Assert.Equal(checksum, Checksum.Compute(algorithm, call, query, Secret));
        var verdict = Checksum.Verify(call, new RawQuery($"{query}&checksum={checksum}"), [Secret], ChecksumAlgorithms.All);
        Assert.Equal(new ChecksumVerdict(ChecksumOutcome.Right, 0, algorithm), verdict);
    }

    [Theory]
    [InlineData("a=1&b=2", "checksum=X&a=1&b=2")]
    [InlineData("a=1&b=2", "a=1&checksum=X&b=2")]
    [InlineData("a=1&b=2", "a=1&b=2&checksum=X")]
    [InlineData("", "checksum=X")]
    [InlineData("", "&checksum=X")]
    [InlineData("", "checksum=X&")]
    [InlineData("&a=b", "&a=b&checksum=X")]
    [InlineData("a=b&", "a=b&checksum=X&")]
    [InlineData("a=b&&c", "a=b&&c&checksum=X")]
    [InlineData("a=%41%7e+|", "a=%41%7e+|&checksum=X")]
    public void The_checksum_may_stand_anywhere_and_the_rest_is_hashed_as_sent(string text, string query)
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha512, "create", text, Secret);
        var received = new RawQuery(query.Replace("X", checksum, StringComparison.Ordinal));
        Assert.Equal(text, received.WithoutChecksum);
        Assert.True(Checksum.Verify("create", received, [Secret], ChecksumAlgorithms.All).IsRight);
    }

    [Fact]
    public void Hex_digits_count_in_either_case() =>
        Assert.True(Checksum.Verify("getMeetings", new RawQuery("checksum=" + Sha1OfEmpty.ToUpperInvariant()), [Secret], ChecksumAlgorithms.All).IsRight);

    [Theory]
    [InlineData("")]
    [InlineData("a=b")]
    [InlineData("checksum")]
    [InlineData("checksum=")]
    [InlineData("Checksum=" + Sha1OfEmpty)]
    public void None_or_an_empty_one_is_missing(string query) =>
        Assert.Equal(ChecksumOutcome.Missing, Checksum.Verify("getMeetings", new RawQuery(query), [Secret], ChecksumAlgorithms.All).Outcome);

    [Theory]
    [InlineData("checksum=abc")]
    [InlineData("checksum=" + Sha1OfEmpty + "&checksum=" + Sha1OfEmpty)]
    [InlineData("checksum=" + Sha1OfEmpty + "&%63hecksum=" + Sha1OfEmpty)]
    [InlineData("%63hecksum=" + Sha1OfEmpty)]
    [InlineData("a=b&checksum=" + Sha1OfEmpty)]
    [InlineData("checksum=zzcf608d2b96da8e287911640412c8a08d0ee33e")]
    public void A_doubled_a_disguised_or_another_one_is_wrong(string query) =>
        Assert.Equal(ChecksumOutcome.Wrong, Checksum.Verify("getMeetings", new RawQuery(query), [Secret], ChecksumAlgorithms.All).Outcome);

    [Fact]
    public void A_signed_link_cannot_be_changed_by_hiding_the_checksum_in_a_value()
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha1, "join", "fullName=Ann&meetingID=m", Secret);
        var forged = new RawQuery($"fullName=Annchecksum={checksum}&meetingID=m&checksum={checksum}");
        Assert.Equal(ChecksumOutcome.Wrong, Checksum.Verify("join", forged, [Secret], ChecksumAlgorithms.All).Outcome);
    }

    [Fact]
    public void The_secret_that_signed_is_named()
    {
        var query = new RawQuery("checksum=" + Checksum.Compute(ChecksumAlgorithm.Sha384, "hooks/list", "", "third"));
        Assert.Equal(2, Checksum.Verify("hooks/list", query, ["first", "second", "third"], ChecksumAlgorithms.All).Secret);
        Assert.Equal(-1, Checksum.Verify("list", query, ["first", "second", "third"], ChecksumAlgorithms.All).Secret);
    }

    [Fact]
    public void An_empty_secret_signs_nothing() => Assert.False(Checksum.Verify(
        "end", new RawQuery("checksum=" + Checksum.Compute(ChecksumAlgorithm.Sha1, "end", "", "")), [""], ChecksumAlgorithms.All).IsRight);

    [Fact]
    public void An_algorithm_that_is_not_allowed_is_wrong()
    {
        var allowed = ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha256, ChecksumAlgorithm.Sha512);
        Assert.Equal(ChecksumOutcome.Wrong, Checksum.Verify("getMeetings", new RawQuery("checksum=" + Sha1OfEmpty), [Secret], allowed).Outcome);
        Assert.Equal(ChecksumAlgorithm.Sha512, allowed.Strongest);
    }

    [Fact]
    public void Long_queries_are_hashed_whole()
    {
        var text = "name=" + string.Concat(Enumerable.Repeat("%C3%A9", 5_000));
        var one = Checksum.Compute(ChecksumAlgorithm.Sha256, "create", text, Secret);
        Assert.NotEqual(one, Checksum.Compute(ChecksumAlgorithm.Sha256, "create", text + "x", Secret));
        Assert.True(Checksum.Verify("create", new RawQuery($"{text}&checksum={one}"), [Secret], ChecksumAlgorithms.All).IsRight);
    }

    [Theory]
    [InlineData("SHA1:SHA256", ChecksumAlgorithm.Sha256, true)]
    [InlineData("sha-512", ChecksumAlgorithm.Sha512, true)]
    [InlineData("sha1,sha384", ChecksumAlgorithm.Sha384, true)]
    [InlineData("md5", ChecksumAlgorithm.Sha256, false)]
    [InlineData(" ", ChecksumAlgorithm.Sha256, false)]
    public void Lists_of_algorithms_are_read(string text, ChecksumAlgorithm strongest, bool valid)
    {
        Assert.Equal(valid, ChecksumAlgorithms.TryParse(text, out var algorithms));
        Assert.Equal(strongest, algorithms.Strongest);
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        var query = new RawQuery("name=Test&meetingID=abc&checksum=b048119dfddb0f00e4dafab276d80935d4859c36d7ff7ede80cc59b85dc7d8a4");
        string[] secrets = ["first", "second", Secret];
        var right = Checksum.Verify("create", query, secrets, ChecksumAlgorithms.All).IsRight;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            right &= Checksum.Verify("create", query, secrets, ChecksumAlgorithms.All).IsRight;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(right);
    }
}
