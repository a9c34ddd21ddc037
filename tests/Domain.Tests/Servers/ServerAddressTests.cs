using Scalelite.Domain.Servers;
using Xunit;

namespace Scalelite.Domain.Tests.Servers;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("https://n1.example.org/bigbluebutton/api", "https://n1.example.org/bigbluebutton/api")]
    [InlineData(" https://n1.example.org/bigbluebutton/api/ ", "https://n1.example.org/bigbluebutton/api")]
    [InlineData("https://n1.example.org/bigbluebutton/", "https://n1.example.org/bigbluebutton/api")]
    [InlineData("https://n1.example.org/bigbluebutton", "https://n1.example.org/bigbluebutton/api")]
    [InlineData("http://127.0.0.1:8090/api", "http://127.0.0.1:8090/api")]
    public void A_node_is_known_by_its_API_base_however_it_was_copied(string given, string known) => Assert.Equal(known, ServerAddress.Normalize(given));

    [Theory]
    [InlineData("n1.example.org/bigbluebutton/api")]
    [InlineData("ftp://n1.example.org/bigbluebutton/api")]
    [InlineData("https://user@n1.example.org/bigbluebutton/api")]
    [InlineData("https://n1.example.org/bigbluebutton/api?checksum=1")]
    public void What_is_no_API_base_is_refused(string given) => Assert.Null(ServerAddress.Normalize(given));
}
