using System.CommandLine;
using System.Globalization;
using Scalelite.Api.CommandLine;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class TimeOptionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z")]
    [InlineData("2026-03-02T08:00Z", "2026-03-02T08:00:00Z")]
    [InlineData("2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00Z")]
    [InlineData("2026-03-02 09:00+01:00", "2026-03-02T08:00:00Z")]
    [InlineData("2026-03-02T08:00:00.1234567Z", "2026-03-02T08:00:00.1234567Z")]
    [InlineData("2026-03-02T08:00:00.5", "2026-03-02T08:00:00.5Z")]
    [InlineData("2026-03-02 08:00", "2026-03-02T08:00:00Z")]
    [InlineData("2026-03-02 08:00:01", "2026-03-02T08:00:01Z")]
    [InlineData("2026-03-02", "2026-03-02T00:00:00Z")]
    [InlineData("-2h", "2026-03-02T06:30:00Z")]
    [InlineData("-1d12h", "2026-02-28T20:30:00Z")]
    [InlineData("-90m", "2026-03-02T07:00:00Z")]
    [InlineData("-30s", "2026-03-02T08:29:30Z")]
    [InlineData("-1w", "2026-02-23T08:30:00Z")]
    [InlineData("now", "2026-03-02T08:30:00Z")]
    public void A_moment_is_read_as_people_write_it(string text, string expected)
    {
        var option = TimeOption.Create("--at", "As of");
        var result = new Command("status") { option }.Parse(["--at", text]);
        Assert.Empty(result.Errors);
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), result.GetValue(option)!.At(Now));
        Assert.Equal(TimeSpan.Zero, result.GetValue(option)!.At(Now).Offset);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("08:00")]
    [InlineData("2026-02-30")]
    [InlineData("02.03.2026")]
    [InlineData("2h")]
    [InlineData("-2")]
    [InlineData("-999999999w")]
    [InlineData("")]
    public void What_is_no_moment_is_refused_with_the_options_name(string text)
    {
        var result = new Command("status") { TimeOption.Create("--from", "From when") }.Parse(["--from", text]);
        Assert.Contains("--from takes", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
