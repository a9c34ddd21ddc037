using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Domain.Parameters;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Parameters;

public sealed class QueryParametersTests
{
    private const string Alphabet = "aZ09-._~ +%&=?#/\\\"'<>|[]{}^`,;:@!$*()\t\n\0é€😀中\u00A0";

    [Fact]
    public void What_is_encoded_is_read_back_whatever_it_holds()
    {
        var random = new Random(20);
        var runes = Alphabet.EnumerateRunes().ToArray();
        string Any() => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => runes[random.Next(runes.Length)].ToString()));
        for (var i = 0; i < 2_000; i++)
        {
            var sent = new QueryParameters(Enumerable.Range(0, random.Next(6)).Select(_ => new Parameter("n" + Any(), Any())));
            var text = SignedQuery.Build("create", sent, "secret", ChecksumAlgorithm.Sha256);
            Assert.DoesNotContain(text, one => one is <= ' ' or > '~' or '+' or '#');
            var received = new RawQuery(text);
            Assert.Equal(sent, received.Parameters);
            Assert.True(Checksum.Verify("create", received, ["secret"], ChecksumAlgorithms.All).IsRight);
        }
    }

    [Fact]
    public void Repeated_names_stay_and_setting_leaves_one_in_its_place()
    {
        var parameters = new QueryParameters { { "a", "1" }, { "b", "2" }, { "a", "3 é" } };
        Assert.Equal("a=1&b=2&a=3%20%C3%A9", parameters.Encode());
        parameters.Set("a", "4");
        parameters.Set("c", "");
        Assert.Equal("a=4&b=2&c=", parameters.Encode());
        Assert.True(parameters.Remove("b"));
        Assert.False(parameters.Remove("b"));
        Assert.Equal("4", parameters["a"]);
        Assert.Null(parameters["B"]);
    }

    [Fact]
    public void A_call_without_parameters_has_a_checksum_only() => Assert.Equal(
        "checksum=46cf608d2b96da8e287911640412c8a08d0ee33e", SignedQuery.Build("getMeetings", [], "s3cr3t", ChecksumAlgorithm.Sha1));

    [Fact]
    public void Half_a_surrogate_is_sent_as_a_replacement_character() =>
        Assert.Equal("a=%EF%BF%BD", new QueryParameters { { "a", "\uD800" } }.Encode());

    [Theory]
    [InlineData("a=%41%7E%c3%a9|x+y")]
    [InlineData("a=b/../c&d=//e")]
    [InlineData("a=%2f%2E%2e&b=[1]&c={}^`\"<>\\")]
    [InlineData("a=b?c#d")]
    public void A_request_keeps_its_query_character_by_character(string query)
    {
        var uri = NodeUrl.ForRequest(NodeUrl.Join("https://node.example:8443/bigbluebutton/api/", "create", query));
        Assert.Equal("/bigbluebutton/api/create?" + query, uri.PathAndQuery);
    }

    [Theory]
    [InlineData("http://node/api?a=b c")]
    [InlineData("http://node/api?a\r\nHost: evil")]
    [InlineData("http://node/api?é")]
    [InlineData("ftp://node/api")]
    [InlineData("/api")]
    [InlineData("")]
    public void A_url_that_cannot_be_sent_is_refused(string url) => Assert.Throws<ArgumentException>(() => NodeUrl.ForRequest(url));

    [Fact]
    public void A_nodes_secret_is_not_in_its_text() =>
        Assert.DoesNotContain("hush", new NodeAddress("n1", "https://n1/bigbluebutton/api", "hush").ToString(), StringComparison.Ordinal);
}
