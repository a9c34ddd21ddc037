using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Tokens;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Tokens;

public sealed class JsonWebTokenTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_516_239_022);

    [Fact]
    public void A_token_of_another_maker_is_read_and_ours_is_theirs_byte_for_byte()
    {
        // The example of jwt.io.
        const string token =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
            + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

        var read = JsonWebToken.Verify(token, ["wrong", "your-256-bit-secret"], Now, TokenAlgorithm.HS256);

        Assert.Equal(("John Doe", 1), (read!.Text("name"), read.Secret));
        var made = JsonWebToken.Sign(
            TokenAlgorithm.HS256, "your-256-bit-secret", new JsonObject { ["sub"] = "1234567890", ["name"] = "John Doe", ["iat"] = 1516239022 });
        Assert.Equal(token, made);
    }

    [Theory]
    [InlineData(TokenAlgorithm.HS256)]
    [InlineData(TokenAlgorithm.HS512)]
    public void What_is_signed_is_verified_by_its_own_algorithm_and_secret_only(TokenAlgorithm algorithm)
    {
        var other = algorithm == TokenAlgorithm.HS256 ? TokenAlgorithm.HS512 : TokenAlgorithm.HS256;
        var token = JsonWebToken.Sign(algorithm, "sécret", new JsonObject { ["meeting_id"] = "Räum & 1" });

        Assert.Equal("Räum & 1", JsonWebToken.Verify(token, ["sécret"], Now, algorithm)!.Text("meeting_id"));
        Assert.NotNull(JsonWebToken.Verify(token, ["", "sécret"], Now, TokenAlgorithm.HS256, TokenAlgorithm.HS512));
        Assert.Null(JsonWebToken.Verify(token, ["secret"], Now, algorithm));
        Assert.Null(JsonWebToken.Verify(token, [""], Now, algorithm));
        Assert.Null(JsonWebToken.Verify(token, [], Now, algorithm));
        Assert.Null(JsonWebToken.Verify(token, ["sécret"], Now, other));
        Assert.Null(JsonWebToken.Verify(token, ["sécret"], Now));
    }

    [Fact]
    public void A_token_is_valid_until_its_end_and_a_minute()
    {
        var token = JsonWebToken.Sign(TokenAlgorithm.HS512, "s", new JsonObject { ["exp"] = Now.ToUnixTimeSeconds(), ["nbf"] = Now.AddHours(-1).ToUnixTimeSeconds() });

        Assert.NotNull(Verify(Now.AddSeconds(59)));
        Assert.Null(Verify(Now.AddSeconds(60)));
        Assert.Null(Verify(Now.AddHours(-2)));

        VerifiedToken? Verify(DateTimeOffset at) => JsonWebToken.Verify(token, ["s"], at, TokenAlgorithm.HS512);
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", "{}")]
    [InlineData("""{"alg":"hs256"}""", "{}")]
    [InlineData("""{"alg":"RS256"}""", "{}")]
    [InlineData("""{"alg":["HS256"]}""", "{}")]
    [InlineData("""{"alg":null}""", "{}")]
    [InlineData("[]", "{}")]
    [InlineData("not json", "{}")]
    [InlineData("""{"alg":"none","alg":"HS256"}""", "{}")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":"tomorrow"}""")]
    [InlineData("""{"alg":"HS256"}""", "[]")]
    [InlineData("""{"alg":"HS256"}""", "not json")]
    public void A_token_that_is_signed_but_odd_is_no_token(string header, string claims)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        var signature = Base64Url.EncodeToString(System.Security.Cryptography.HMACSHA256.HashData("s"u8, Encoding.ASCII.GetBytes(signed)));

        Assert.Null(JsonWebToken.Verify($"{signed}.{signature}", ["s"], Now, TokenAlgorithm.HS256, TokenAlgorithm.HS512));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("%%.%%.%%")]
    public void What_is_no_token_is_refused(string? token) =>
        Assert.Null(JsonWebToken.Verify(token, ["s"], Now, TokenAlgorithm.HS256, TokenAlgorithm.HS512));

    [Fact]
    public void A_token_that_is_too_long_is_not_looked_at()
    {
        var token = JsonWebToken.Sign(TokenAlgorithm.HS256, "s", new JsonObject { ["a"] = new string('a', JsonWebToken.Longest) });
        Assert.Null(JsonWebToken.Verify(token, ["s"], Now, TokenAlgorithm.HS256));
    }

    [Fact]
    public void Clients_get_HS256_unless_SHA256_may_not_sign_and_SHA512_may()
    {
        Assert.Equal(TokenAlgorithm.HS256, JsonWebToken.For(ChecksumAlgorithms.All));
        Assert.Equal(TokenAlgorithm.HS256, JsonWebToken.For(ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha1)));
        Assert.Equal(TokenAlgorithm.HS512, JsonWebToken.For(ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha512)));
        Assert.Equal(TokenAlgorithm.HS512, JsonWebToken.For(ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha1, ChecksumAlgorithm.Sha512)));
    }
}
