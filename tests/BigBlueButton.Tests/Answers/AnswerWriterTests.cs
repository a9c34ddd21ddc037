using System.Buffers;
using System.Text;
using System.Xml.Linq;
using Scalelite.BigBlueButton.Answers;
using Xunit;
using XmlConvert = System.Xml.XmlConvert;

namespace Scalelite.BigBlueButton.Tests.Answers;

public sealed class AnswerWriterTests
{
    [Fact]
    public void Whatever_a_text_holds_a_reader_of_the_platform_reads_it_back_without_what_XML_forbids()
    {
        const string Alphabet = "ab <>&\"'\t\n\r\0\u0001\u001f\u007f\u0085é€\uFFFE\uFFFF\uD800\uDC00]]>中";
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Alphabet[random.Next(Alphabet.Length)])) + "😀";
            var buffer = new ArrayBufferWriter<byte>();
            new AnswerWriter(buffer).BeginTag("a"u8).Attribute("b"u8, text).EndTag().Text(text).End("a"u8);
            var element = XElement.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan), LoadOptions.PreserveWhitespace);
            var allowed = Allowed(text);
            Assert.Equal(allowed, element.Value);
            Assert.Equal(allowed, element.Attribute("b")!.Value);
            var scanner = new XmlScanner(buffer.WrittenSpan);
            scanner.Next();
            scanner.Next();
            Assert.Equal(allowed, XmlText.Decode(scanner.Content));
        }
    }

    [Fact]
    public void Errors_and_simple_answers_are_what_BBB_says()
    {
        Assert.Equal(
            "<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>Checksums do not match</message></response>",
            Text(BbbErrors.ChecksumWrong.Xml));
        Assert.Equal("<response><returncode>SUCCESS</returncode><running>false</running></response>", Text(BbbXml.Running(false)));
        Assert.Equal(
            "<response><returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.0</apiVersion><bbbVersion></bbbVersion><build>7</build></response>",
            Text(BbbXml.Version("7")));
        Assert.Contains("sent.  Please", Text(BbbXml.EndSent), StringComparison.Ordinal);
        Assert.Contains("<recordings></recordings>", Text(BbbXml.NoRecordings), StringComparison.Ordinal);
        Assert.Equal(BbbErrors.Internal("x"), BbbErrors.Internal("x"));
    }

    private static string Text(ReadOnlyMemory<byte> xml) => Encoding.UTF8.GetString(xml.Span);

    private static string Allowed(string text) => string.Concat(text.EnumerateRunes()
        .Where((rune, _) => rune.Value > 0xFFFF || (rune.Value != 0xFFFD && XmlConvert.IsXmlChar((char)rune.Value)))
        .Select(rune => rune.ToString()));
}
