using System.Globalization;
using System.Text;
using System.Xml;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.DialIn;

/// <summary>
/// Dial plans as mod_xml_curl of FreeSWITCH reads them. Whatever comes from a caller or a client is escaped twice: for XML, and for
/// FreeSWITCH, which expands <c>${…}</c> in what it reads and would run <c>${system(…)}</c>.
/// </summary>
internal static class Dialplan
{
    /// <summary>How often a caller may try, and how long one key may take, in milliseconds.</summary>
    private const string Patience = "3 7000";

    /// <summary>There is nothing here for FreeSWITCH.</summary>
    public static byte[] NotFound { get; } = Write("result", null, xml =>
    {
        xml.WriteStartElement("result");
        xml.WriteAttributeString("status", "not found");
        xml.WriteEndElement();
    });

    /// <summary>Answers the call and asks for the number of the meeting.</summary>
    /// <param name="dialled">The number that was called: see <see cref="Expression"/>.</param>
    public static byte[] Prompt(string dialled, DialInSettings settings) =>
        Extension("Match DID and PIN for conference", "match_did_and_prompt_for_pin", dialled, xml =>
        {
            Action(xml, "answer", null);
            if (settings.MaximumDuration is { } longest)
                Action(xml, "sched_hangup", string.Create(CultureInfo.InvariantCulture, $"+{(long)longest.TotalSeconds} normal_clearing"));
            Action(xml, "sleep", "500");
            Action(xml, "playback", "ivr/ivr-welcome.wav");
            Action(xml, "sleep", "200");
            AskForNumber(xml, settings);
        });

    /// <summary>Says that the number is none, and asks again.</summary>
    public static byte[] PromptAgain(string dialled, DialInSettings settings) =>
        Extension("Ask for the PIN of a conference again", "reprompt_for_pin", dialled, xml =>
        {
            Action(xml, "playback", "conference/conf-bad-pin.wav");
            Action(xml, "sleep", "500");
            AskForNumber(xml, settings);
        });

    /// <summary>Leads the call to the meeting's node.</summary>
    /// <param name="number">What the caller keyed in: digits.</param>
    /// <param name="caller">What the others see.</param>
    public static byte[] Bridge(string dialled, string number, DialledMeeting meeting, string caller) =>
        Extension("Bridge the call to the BBB server", "bridge_to_bbb_server", dialled, xml =>
        {
            Action(xml, "set", $"meeting_id={Escape(meeting.MeetingId)}");
            Action(xml, "set", $"effective_caller_id_name={Escape(caller)}");
            Action(xml, "bridge", $"sofia/external/{number}@{meeting.Host}");
        });

    /// <summary>
    /// The pattern that matches the number that was called and nothing else; null where it is none. A sign that means something in a
    /// pattern stands in brackets, since FreeSWITCH reads backslashes in its own way first.
    /// </summary>
    public static string? Expression(string? dialled)
    {
        if (dialled is not { Length: > 0 and <= 40 }) return null;
        var pattern = new StringBuilder("^");
        foreach (var c in dialled)
        {
            if (char.IsAsciiDigit(c) || c is '#') pattern.Append(c);
            else if (c is '+' or '*') pattern.Append('[').Append(c).Append(']');
            else return null;
        }

        return pattern.Append('$').ToString();
    }

    /// <summary>
    /// The text, so that FreeSWITCH takes it as it is: <c>\</c> becomes <c>\\</c>, <c>${</c> becomes <c>\${</c>. A dollar sign that is
    /// followed by something else must not be escaped: FreeSWITCH would leave the backslash in.
    /// </summary>
    public static string Escape(string text) => Writable(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("${", "\\${", StringComparison.Ordinal);

    /// <summary>What XML cannot hold at all, half of a surrogate pair included, becomes a replacement character.</summary>
    private static string Writable(string text)
    {
        var writable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            writable.Append(rune.Value <= char.MaxValue && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        return writable.ToString();
    }

    private static void AskForNumber(XmlWriter xml, DialInSettings settings)
    {
        Action(xml, "play_and_get_digits", string.Create(
            CultureInfo.InvariantCulture,
            $@"{settings.FewestDigits} {settings.MostDigits} {Patience} # conference/conf-enter_conf_pin.wav conference/conf-bad-pin.wav pin \d+"));
        Action(xml, "transfer", "${pin} XML public");
    }

    private static byte[] Extension(string description, string name, string dialled, Action<XmlWriter> actions) =>
        Write("dialplan", description, xml =>
        {
            xml.WriteStartElement("context");
            xml.WriteAttributeString("name", "public");
            xml.WriteStartElement("extension");
            xml.WriteAttributeString("name", name);
            xml.WriteStartElement("condition");
            xml.WriteAttributeString("field", "destination_number");
            xml.WriteAttributeString("expression", dialled);
            actions(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        });

    private static void Action(XmlWriter xml, string application, string? data)
    {
        xml.WriteStartElement("action");
        xml.WriteAttributeString("application", application);
        if (data is not null) xml.WriteAttributeString("data", data);
        xml.WriteEndElement();
    }

    private static byte[] Write(string section, string? description, Action<XmlWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("document");
            xml.WriteAttributeString("type", "freeswitch/xml");
            xml.WriteStartElement("section");
            xml.WriteAttributeString("name", section);
            if (description is not null) xml.WriteAttributeString("description", description);
            content(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }
}
