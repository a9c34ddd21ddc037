using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Servers;

public class HeadroomTests
{
    [Fact]
    public void The_room_that_is_left_is_told_with_and_without_the_largest_server()
    {
        var headroom = Headroom.Of([new MeantFor(400, 100), new MeantFor(200, 150), new MeantFor(200, 0)])!;

        Assert.Equal((800, 250, 550, 150), (headroom.Capacity, headroom.Users, headroom.Left, headroom.WithoutLargest));
    }

    [Fact]
    public void Where_everybody_would_not_fit_it_is_below_nothing() => Assert.Equal(-50, Headroom.Of([new MeantFor(100, 50)])!.WithoutLargest);

    [Fact]
    public void Where_no_server_says_there_is_none() => Assert.Null(Headroom.Of([]));
}
