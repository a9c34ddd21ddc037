using Scalelite.Api.Playback;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

public sealed class LinkTokensTests
{
    private static readonly string KeyBase = new('k', 64);

    private readonly StoppedClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_token_is_64_hex_digits_and_opens_what_it_was_made_for_as_often_as_it_is_used()
    {
        var tokens = new LinkTokens(KeyBase, _clock);

        var token = tokens.Make(TimeSpan.FromMinutes(60), "recording", "", "abc-1", "video");

        Assert.Matches("^[0-9a-f]{64}$", token);
        Assert.Equal(LinkVerdict.Valid, tokens.Verify(token, "recording", "", "abc-1", "video"));
        Assert.Equal(LinkVerdict.Valid, tokens.Verify(token, "recording", "", "abc-1", "video"));
        Assert.Equal(LinkVerdict.Valid, new LinkTokens(KeyBase, _clock).Verify(token, "recording", "", "abc-1", "video"));
    }

    [Theory]
    [InlineData("captions", "t", "abc-1", "video")]
    [InlineData("recording", "other", "abc-1", "video")]
    [InlineData("recording", "t", "abc-2", "video")]
    [InlineData("recording", "t", "abc-1", "podcast")]
    [InlineData("recording", "t", "abc-1v", "ideo")]
    public void It_opens_nothing_else(params string[] other)
    {
        var tokens = new LinkTokens(KeyBase, _clock);

        var token = tokens.Make(TimeSpan.FromMinutes(60), "recording", "t", "abc-1", "video");

        Assert.Equal(LinkVerdict.Wrong, tokens.Verify(token, other));
    }

    [Fact]
    public void It_ends_and_its_end_cannot_be_moved()
    {
        var tokens = new LinkTokens(KeyBase, _clock);
        var token = tokens.Make(TimeSpan.FromMinutes(60), "recording", "abc-1");

        _clock.Now += TimeSpan.FromMinutes(59);
        Assert.Equal(LinkVerdict.Valid, tokens.Verify(token, "recording", "abc-1"));

        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(LinkVerdict.Expired, tokens.Verify(token, "recording", "abc-1"));
        Assert.Equal(LinkVerdict.Wrong, tokens.Verify("ffffffff" + token[8..], "recording", "abc-1"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void What_was_not_made_here_opens_nothing(string? token) =>
        Assert.Equal(LinkVerdict.Wrong, new LinkTokens(KeyBase, _clock).Verify(token, "recording", "abc-1"));

    [Fact]
    public void Another_key_opens_nothing() =>
        Assert.Equal(
            LinkVerdict.Wrong,
            new LinkTokens(KeyBase, _clock).Verify(new LinkTokens(new string('x', 64), _clock).Make(TimeSpan.FromHours(1), "recording"), "recording"));
}
