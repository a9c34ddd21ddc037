using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Parameters;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Checksums;

public sealed class RawQueryTests
{
    [Fact]
    public void Parameters_are_decoded_in_the_order_sent_and_repeated_names_stay()
    {
        var query = new RawQuery("&b=A+B%20%C3%A9&a=%2B%26%3D=&checksum=x&b=2&flag&=v");
        Assert.Equal(
            [new("b", "A B é"), new("a", "+&=="), new("b", "2"), new("flag", ""), new("", "v")],
            query.Parameters);
    }

    [Fact]
    public void The_first_value_of_a_name_counts_and_names_have_a_case()
    {
        var query = new RawQuery("meetingID=1&meetingID=2");
        Assert.Equal("1", query["meetingID"]);
        Assert.Null(query["meetingId"]);
    }

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("% 1", "% 1")]
    [InlineData("%E2%82%AC%F0%9F%98%80", "€😀")]
    [InlineData("é%C3%A9", "éé")]
    [InlineData("%ff", "\uFFFD")]
    public void What_is_no_encoding_stands_for_itself(string text, string decoded) => Assert.Equal(decoded, PercentEncoding.Decode(text));

    [Theory]
    [InlineData("/bigbluebutton/api/create?a=b?c", "a=b?c")]
    [InlineData("/bigbluebutton/api/getMeetings??a", "?a")]
    [InlineData("/bigbluebutton/api", "")]
    public void The_query_of_a_target_is_all_behind_its_first_question_mark(string target, string query) =>
        Assert.Equal(query, RawQuery.OfTarget(target).Text);
}
