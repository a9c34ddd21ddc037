using System.Text;
using Scalelite.BigBlueButton.Answers;
using Xunit;

namespace Scalelite.BigBlueButton.Tests.Answers;

public sealed class NodeAnswerTests
{
    private static readonly byte[] Junk = [.. "<>&/![]-?'\"; \0"u8, 0xFF];

    [Fact]
    public void A_create_is_read()
    {
        var answer = Parse("""
            <response><returncode>SUCCESS</returncode><meetingID>ext</meetingID><internalMeetingID>abc-1531155809613</internalMeetingID>
            <parentMeetingID>bbb-none</parentMeetingID><attendeePW>ap</attendeePW><moderatorPW>m&amp;p</moderatorPW><createTime>1531155809613</createTime>
            <voiceBridge>70757</voiceBridge><messageKey>duplicateWarning</messageKey><message>This conference …</message></response>
            """);
        Assert.Equal(NodeAnswerKind.Success, answer.Kind);
        Assert.Equal("abc-1531155809613", answer.InternalMeetingId);
        Assert.Equal(1531155809613, answer.CreateTime);
        Assert.Equal("m&p", answer.ModeratorPassword);
        Assert.Equal("70757", answer.VoiceBridge);
        Assert.True(answer.IsDuplicate);
        Assert.True(answer.IsComplete);
        Assert.Null(answer["dialNumber"]);
    }

    [Theory]
    [InlineData("<response><returncode>FAILED</returncode><messageKey>notFound</messageKey><message>M &lt;1&gt;</message></response>", "notFound", "M <1>")]
    [InlineData("<response><returncode>FAILED</returncode><errors><error><key>nonUniqueVoiceBridge</key><message>In use.</message></error><error><key>b</key><message>c</message></error></errors></response>", "nonUniqueVoiceBridge", "In use.")]
    [InlineData("<response><returncode>FAILED</returncode><message>Meeting with id [a&b] not found.</message></response>", null, "Meeting with id [a&b] not found.")]
    [InlineData("<?xml version='1.0'?>\n<response>\n <returncode> FAILED </returncode>\n <messageKey><![CDATA[a<b]]></messageKey><message/></response>\n<!-- x -->", "a<b", "")]
    public void All_shapes_of_an_error_are_read(string xml, string? key, string message)
    {
        var answer = Parse(xml);
        Assert.Equal(NodeAnswerKind.Failed, answer.Kind);
        Assert.Equal(key, answer.MessageKey);
        Assert.Equal(message, answer.Message);
        Assert.True(answer.IsComplete);
    }

    [Theory]
    [InlineData("", NodeAnswerKind.Empty)]
    [InlineData(" \r\n", NodeAnswerKind.Empty)]
    [InlineData("\uFEFF", NodeAnswerKind.Empty)]
    [InlineData("<!doctype HTML><html><body><response><returncode>SUCCESS</returncode></response></body></html>", NodeAnswerKind.Html)]
    [InlineData("<html><head><title>502 Bad Gateway</title></head></html>", NodeAnswerKind.Html)]
    [InlineData("upstream connect error", NodeAnswerKind.NotXml)]
    [InlineData("{\"response\":{\"returncode\":\"SUCCESS\"}}", NodeAnswerKind.NotXml)]
    [InlineData("<response>", NodeAnswerKind.NotXml)]
    [InlineData("<response><a></b></response>", NodeAnswerKind.NotXml)]
    [InlineData("<response><version>2.0</version></response>", NodeAnswerKind.NoReturnCode)]
    [InlineData("<response><returncode>MAYBE</returncode></response>", NodeAnswerKind.NoReturnCode)]
    [InlineData("<answer><returncode>SUCCESS</returncode></answer>", NodeAnswerKind.NoReturnCode)]
    [InlineData("<response/>", NodeAnswerKind.NoReturnCode)]
    [InlineData("x<response><returncode>SUCCESS</returncode></response>", NodeAnswerKind.NotXml)]
    public void What_is_no_answer_is_told_apart(string text, NodeAnswerKind kind) => Assert.Equal(kind, Parse(text).Kind);

    [Fact]
    public void Document_types_and_their_entities_are_refused()
    {
        const string Laughs = """
            <!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/hostname">]>
            <response><returncode>SUCCESS</returncode><message>&b;&x;</message></response>
            """;
        Assert.Equal(NodeAnswerKind.NotXml, Parse(Laughs).Kind);
        Assert.Equal("&b;&x;", Parse("<response><returncode>FAILED</returncode><message>&b;&x;</message></response>").Message);
    }

    [Fact]
    public void A_byte_order_mark_and_a_declaration_do_no_harm() =>
        Assert.Equal("3.0.19", Parse("\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><returncode>SUCCESS</returncode><bbbVersion>3.0.19</bbbVersion></response>").BbbVersion);

    [Fact]
    public void An_answer_that_breaks_off_behind_its_returncode_is_still_one()
    {
        var answer = Parse("<response><returncode>FAILED</returncode><messageKey>k</messageKey><message>a < b</message></response>");
        Assert.Equal(NodeAnswerKind.Failed, answer.Kind);
        Assert.Equal("k", answer.MessageKey);
        Assert.False(answer.IsComplete);
    }

    [Fact]
    public void A_nodes_checksum_error_is_known_by_its_key() =>
        Assert.True(NodeAnswer.Parse(BbbErrors.ChecksumFailed.Xml).IsChecksumError);

    [Fact]
    public void Nothing_however_cut_makes_the_reader_throw()
    {
        var whole = Encoding.UTF8.GetBytes(
            "\uFEFF<?xml version='1.0'?><!-- é --><response a=\"1>\" b='2'><returncode>SUCCESS</returncode><x/><meetings><meeting><meetingID>&#x20AC;&amp;</meetingID><metadata><a><![CDATA[]]></a></metadata></meeting></meetings></response>");
        var random = new Random(3);
        for (var i = 0; i < whole.Length; i++)
        {
            NodeMeetings.Parse(whole.AsMemory(0, i));
            NodeMeetings.Parse(whole.AsMemory(i));
            var changed = whole.ToArray();
            for (var n = 0; n < 3; n++)
            {
                changed[random.Next(changed.Length)] = Junk[random.Next(Junk.Length)];
            }

            var answer = NodeMeetings.Parse(changed).Answer;
            _ = (answer.Message, answer.CreateTime, answer.MessageKey);
        }

        Assert.True(NodeMeetings.Parse(whole).IsValid);
    }

    [Fact]
    public void Depth_is_bounded() =>
        Assert.Equal(NodeAnswerKind.NotXml, Parse(string.Concat(Enumerable.Repeat("<response>", 100_000))).Kind);

    private static NodeAnswer Parse(string text) => NodeAnswer.Parse(Encoding.UTF8.GetBytes(text));
}
