using Scalelite.Domain.VoiceBridges;
using Xunit;

namespace Scalelite.Domain.Tests.VoiceBridges;

public sealed class VoiceBridgeTests
{
    private static readonly VoiceBridgeSettings Nine = new(9);

    [Theory]
    [InlineData("abc", "715622307", "205615039")]
    [InlineData("test-meeting-1", "394201124", "323861283")]
    [InlineData("room-42", "250615932", "611003966")]
    public void The_numbers_are_Scalelites(string meetingId, string first, string second) =>
        Assert.Equal([first, second], VoiceBridgeNumbers.Tries(meetingId, Nine).Take(2));

    [Fact]
    public void The_generator_is_the_published_one_for_a_small_seed()
    {
        // MT19937's reference value for the seed 5489: its 10,000th output is 4123659995; every mask of 31 bits keeps its low ones.
        var random = new MersenneTwister(5489);
        var last = 0;
        for (var i = 0; i < 10_000; i++)
            last = random.Next(0, int.MaxValue);
        Assert.Equal((int)(4123659995u & int.MaxValue), last);
    }

    [Fact]
    public void The_next_try_is_taken_on_a_clash() =>
        Assert.Equal("205615039", VoiceBridgeNumbers.Choose("abc", Nine, null, number => number == "715622307"));

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    public void A_number_has_the_length_that_is_set_and_no_zero_in_front(int length) => Assert.All(
        VoiceBridgeNumbers.Tries("abc", new VoiceBridgeSettings(length)).Take(2000),
        number => Assert.True(number.Length == length && number[0] != '0' && number != "99999"));

    [Fact]
    public void When_nearly_all_are_taken_the_one_that_is_free_is_found()
    {
        var five = new VoiceBridgeSettings(5);
        Assert.Equal("76543", VoiceBridgeNumbers.Choose("abc", five, null, number => number != "76543"));
        Assert.Null(VoiceBridgeNumbers.Choose("abc", five, null, number => number != "99999"));
    }

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("99999", null)]
    [InlineData("1234", null)]
    [InlineData("12a45", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_clients_number_is_tried_first_by_setting_if_it_can_be_one(string? asked, string? used)
    {
        var settings = new VoiceBridgeSettings(9, UseExternal: true);
        Assert.Equal(used ?? "715622307", VoiceBridgeNumbers.Tries("abc", settings, asked).First());
        Assert.Equal("715622307", VoiceBridgeNumbers.Tries("abc", Nine, asked).First());
    }

    [Theory]
    [InlineData("12345", "12345", true)]
    [InlineData("12345", "123456", true)]
    [InlineData("123456", "12345", true)]
    [InlineData("12345", "12346", false)]
    public void Two_numbers_conflict_where_one_begins_with_the_other(string one, string other, bool conflict)
    {
        Assert.Equal(conflict, VoiceBridgeNumbers.Conflict(one, other));
        Assert.Equal(conflict, VoiceBridgeNumbers.Beginnings(one).Contains(other) || other.StartsWith(one, StringComparison.Ordinal));
    }

    [Fact]
    public void A_breakouts_number_is_its_parents_and_a_digit() => Assert.Equal("7156223072", VoiceBridgeNumbers.OfBreakout("715622307", 2));
}
