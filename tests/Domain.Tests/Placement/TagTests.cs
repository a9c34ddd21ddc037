using Scalelite.Domain.Placement;
using Xunit;
using static Scalelite.Domain.Tests.Placement.Pool;

namespace Scalelite.Domain.Tests.Placement;

public sealed class TagTests
{
    [Theory]
    // The pool's tags (- is untagged, the earlier less loaded), the request, the server or the error.
    [InlineData("a,-", "a", "s0")]
    [InlineData("-,a", "a", "s1")]
    [InlineData("b,-", "a", "s1")]
    [InlineData("b", "a", "NoServerAvailable")]
    [InlineData("-,a", "a!", "s1")]
    [InlineData("-,b", "a!", "TagUnavailable")]
    [InlineData("-,c,b", "a;b", "s2")]
    [InlineData("b,a", "a;b", "s0")]
    [InlineData("c,-,a", "a;none", "s1")]
    [InlineData("c,a,-", "a;none", "s1")]
    [InlineData("c,b", "a;none!", "TagUnavailable")]
    [InlineData("a,-", "none!", "s1")]
    [InlineData("a", "none!", "TagUnavailable")]
    [InlineData("a,-", "none", "s1")]
    [InlineData("-,b", "a;b!", "s1")]
    [InlineData("a,-", null, "s1")]
    [InlineData("a,-", "", "s1")]
    [InlineData("a,-", " ; ", "s1")]
    [InlineData("a", null, "NoServerAvailable")]
    [InlineData("A,-", "a!", "TagUnavailable")]
    public void Tags_choose_among_the_servers(string pool, string? request, string expected) =>
        Assert.Equal(expected, Choose(pool, request, untaggedMayUseTagged: false));

    [Theory]
    [InlineData("a", null, "s0")]
    [InlineData("a,-", null, "s1")]
    [InlineData("b", "a", "s0")]
    [InlineData("b,-", "a", "s1")]
    [InlineData("b", "a!", "TagUnavailable")]
    public void By_setting_a_create_that_needs_no_tag_may_use_a_tagged_server(string pool, string? request, string expected) =>
        Assert.Equal(expected, Choose(pool, request, untaggedMayUseTagged: true));

    [Theory]
    [InlineData("to", "o", "c", "td", "d", "to")]
    [InlineData(null, "o", "c", "td", "d", "o")]
    [InlineData(null, null, "c", "td", "d", "c")]
    [InlineData(null, null, null, "td", "d", "td")]
    [InlineData(null, null, null, null, "d", "d")]
    [InlineData(null, null, null, null, null, null)]
    public void The_tag_that_counts_is_the_first_given(string? tenantOverride, string? over, string? client, string? tenantDefault, string? def, string? expected) =>
        Assert.Equal(expected, TagRequest.Resolve(tenantOverride, over, client, tenantDefault, def).Text);

    [Fact]
    public void An_override_with_an_empty_tag_takes_the_clients_away() =>
        Assert.Same(TagRequest.Untagged, TagRequest.Resolve(null, "", "gold!", null, null));

    [Fact]
    public void The_reason_says_that_the_tag_was_not_available()
    {
        var placed = Assert.IsType<PlacementOutcome.Placed>(
            Placing.Decide(Settings(), [Server("s")], new PlacementRequest("m", TagRequest.Parse("a")), default, Now));
        Assert.Equal(("a", "lowest load of 1; no tagged one available, untagged instead"), (placed.Why.Tag, placed.Why.Rule));
    }

    [Theory]
    [InlineData("gold", true)]
    [InlineData("none", false)]
    [InlineData("a;b", false)]
    [InlineData("a!", false)]
    [InlineData(" a", false)]
    [InlineData("", false)]
    public void A_server_carries_only_a_tag_that_can_be_asked_for(string tag, bool valid) => Assert.Equal(valid, TagRequest.IsServerTag(tag));

    private static string Choose(string pool, string? request, bool untaggedMayUseTagged)
    {
        ServerLoad[] servers = [.. pool.Split(',').Select((tag, i) => Server($"s{i}", seen: i, tag: tag == "-" ? null : tag))];
        var outcome = Placing.Decide(
            Settings(untaggedMayUseTagged: untaggedMayUseTagged), servers, new PlacementRequest("m", TagRequest.Parse(request)), default, Now);
        return outcome is PlacementOutcome.Failed failed ? failed.Error.ToString() : Chosen(outcome)!;
    }
}
