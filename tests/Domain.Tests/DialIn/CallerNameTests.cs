using Scalelite.Domain.DialIn;
using Xunit;

namespace Scalelite.Domain.Tests.DialIn;

public class CallerNameTests
{
    [Theory]
    [InlineData("Test User", false, false, "Test User")]
    [InlineData("Test User", true, false, "Unavailable")]
    [InlineData("Test User", false, true, "Test User")]
    [InlineData("5554321", false, false, "555XXXX")]
    [InlineData("5554321", false, true, "Unavailable")]
    [InlineData("5554321", true, false, "555XXXX")]
    [InlineData("123", false, false, "XXX")]
    [InlineData("+49 (30) 123-45 67", false, false, "+49 (30) 123-XX XX")]
    [InlineData("", false, false, "Unavailable")]
    [InlineData(null, false, false, "Unavailable")]
    [InlineData("  \r\n ", false, false, "Unavailable")]
    [InlineData("Eve\r\nX-Header: 1", false, false, "Eve  X-Header: 1")]
    [InlineData("Agent 007", false, false, "Agent 007")]
    public void Others_see_a_name_or_a_masked_number_and_nothing_that_is_hidden(string? name, bool hidesName, bool hidesNumber, string seen) =>
        Assert.Equal(seen, CallerName.Of(name, hidesName, hidesNumber));
}
