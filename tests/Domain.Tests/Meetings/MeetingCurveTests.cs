using Scalelite.Domain.Meetings;
using Xunit;

namespace Scalelite.Domain.Tests.Meetings;

public sealed class MeetingCurveTests
{
    [Fact]
    public void A_short_curve_is_kept_as_it_is() => Assert.Equal([1, 5, 2], MeetingCurve.Of([1, 5, 2]).Points);

    [Fact]
    public void A_long_curve_has_sixty_points_that_keep_its_shape_and_mean()
    {
        int[] samples = [.. Enumerable.Range(0, 1000)];
        var curve = MeetingCurve.Of(samples);
        Assert.Equal(60, curve.Points.Count);
        Assert.Equal(curve.Points.Order(), curve.Points);
        Assert.Equal((999, 499.5), (curve.Peak, curve.Mean));
        Assert.InRange(curve.Points.Average(), 498, 501);
    }

    [Fact]
    public void A_meeting_that_no_poll_saw_has_no_curve() => Assert.Same(MeetingCurve.None, MeetingCurve.Of([]));
}
