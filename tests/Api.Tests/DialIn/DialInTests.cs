using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using Scalelite.Api.DialIn;
using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.DialIn;

/// <summary>A balancer that a FreeSWITCH may ask.</summary>
public sealed class DialInBalancer : SharedBalancer
{
    internal const string Password = "the-password-of-freeswitch";

    private protected override Settings Change(Settings settings) => settings with
    {
        DialIn = new DialInSettings { Password = Password, FewestDigits = 5, MostDigits = 10, MaximumDuration = TimeSpan.FromMinutes(90) },
    };
}

public sealed class DialInTests(DialInBalancer shared) : IClassFixture<DialInBalancer>
{
    private readonly Balancer _balancer = shared.Balancer;

    [Fact]
    public async Task A_caller_is_asked_for_the_number_of_a_meeting()
    {
        var actions = Actions(await AskAsync(("section", "dialplan"), ("Caller-Destination-Number", "+15551234")), "^[+]15551234$");

        Assert.Equal(
            [
                ("answer", null),
                ("sched_hangup", "+5400 normal_clearing"),
                ("sleep", "500"),
                ("playback", "ivr/ivr-welcome.wav"),
                ("sleep", "200"),
                ("play_and_get_digits", @"5 10 3 7000 # conference/conf-enter_conf_pin.wav conference/conf-bad-pin.wav pin \d+"),
                ("transfer", "${pin} XML public"),
            ],
            actions);
    }

    [Fact]
    public async Task A_number_of_no_meeting_is_asked_for_again()
    {
        var actions = Actions(await DialAsync("12345"), "^5551234$");

        Assert.Equal(
            [
                ("playback", "conference/conf-bad-pin.wav"),
                ("sleep", "500"),
                ("play_and_get_digits", @"5 10 3 7000 # conference/conf-enter_conf_pin.wav conference/conf-bad-pin.wav pin \d+"),
                ("transfer", "${pin} XML public"),
            ],
            actions);
    }

    [Fact]
    public async Task The_number_of_a_meeting_leads_to_its_node()
    {
        var number = await CreateAsync("dialled");

        var actions = Actions(await DialAsync(number, ("Caller-Caller-ID-Name", "5554321")), "^5551234$");

        Assert.Equal(
            [("set", "meeting_id=dialled"), ("set", "effective_caller_id_name=555XXXX"), ("bridge", $"sofia/external/{number}@127.0.0.1")], actions);
    }

    [Fact]
    public async Task A_breakout_rooms_number_leads_to_its_parents_node()
    {
        var number = await CreateAsync("parent");

        var actions = Actions(await DialAsync(number + "3"), "^5551234$");

        Assert.Contains(("bridge", $"sofia/external/{number}3@127.0.0.1"), actions);
        Assert.Contains(("set", "meeting_id=parent"), actions);
    }

    [Fact]
    public async Task The_number_of_a_meeting_that_has_ended_leads_nowhere()
    {
        var number = await CreateAsync("over", "&moderatorPW=mp");
        await _balancer.Lms.GetAsync("end", "meetingID=over&password=mp");

        Assert.DoesNotContain(Actions(await DialAsync(number), "^5551234$"), action => action.Application == "bridge");
    }

    // pitfalls B5
    [Theory]
    [InlineData("${system(id>/tmp/RCE)}")]
    [InlineData("$${system(id)}")]
    [InlineData("$$$${a}")]
    [InlineData(@"\${system(id)}")]
    [InlineData(@"\\${system(id)}")]
    [InlineData(@"\\\$\{system(id)}")]
    [InlineData(@"C:\new\system")]
    [InlineData(@"\")]
    [InlineData("$")]
    [InlineData("costs $5 {really}")]
    [InlineData("a\"><action application=\"system\" data=\"id\"/>")]
    [InlineData("]]><!--<&amp;&#10;")]
    [InlineData("' or 1=1 --,[x]{y}^^z")]
    [InlineData("{sip_h_X=1}x,y|z")]
    [InlineData("Zoë \U0001F600 名前")]
    public async Task Dialplan_output_is_escaped_for_XML_and_for_FreeSWITCH(string hostile)
    {
        // No meetingID has a comma.
        var id = hostile.Replace(',', ';');
        var number = await CreateAsync($"id {id} id");

        var answer = await DialAsync(number, ("Caller-Caller-ID-Name", $"name {hostile} name"));

        var actions = Actions(answer, "^5551234$");
        Assert.Equal(["set", "set", "bridge"], actions.Select(action => action.Application));
        Assert.Equal($"meeting_id=id {id} id", DialplanText.Read(actions[0].Data!));
        Assert.Equal($"effective_caller_id_name=name {hostile} name", DialplanText.Read(actions[1].Data!));
        Assert.Equal($"sofia/external/{number}@127.0.0.1", actions[2].Data);
    }

    [Theory]
    [InlineData("\u0001\u001b[31m\ufffe")]
    [InlineData("a\nb\r\nc")]
    public async Task Dialplan_output_holds_nothing_that_XML_or_a_SIP_header_cannot(string hostile)
    {
        var number = await CreateAsync(SharedBalancer.NewId());

        var actions = Actions(await DialAsync(number, ("Caller-Caller-ID-Name", $"x{hostile}x")), "^5551234$");

        Assert.DoesNotContain(actions[1].Data!, char.IsControl);
        Assert.StartsWith("effective_caller_id_name=x", actions[1].Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${system(id)}")]
    [InlineData("123456789@evil.example.org")]
    [InlineData("12345 67")]
    [InlineData("1234567890123456789012")]
    [InlineData("١٢٣٤٥")]
    public async Task Dialplan_output_has_digits_alone_where_a_PIN_stands(string number)
    {
        var actions = Actions(await DialAsync(number), "^5551234$");

        Assert.DoesNotContain(actions, action => action.Application == "bridge");
    }

    [Theory]
    [InlineData("${system(id)}")]
    [InlineData("555.*")]
    [InlineData("(555)|.*")]
    [InlineData("555\n")]
    [InlineData("")]
    public async Task A_called_number_that_is_no_number_finds_nothing(string dialled)
    {
        var answer = await AskAsync(("section", "dialplan"), ("Caller-Destination-Number", dialled));

        Assert.Equal("not found", XDocument.Parse(answer).Root!.Element("section")!.Element("result")!.Attribute("status")!.Value);
    }

    [Fact]
    public async Task Other_sections_than_the_dialplan_find_nothing()
    {
        var answer = await AskAsync(("section", "directory"), ("Caller-Destination-Number", "5551234"));

        Assert.Contains("status=\"not found\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic not-base64!")]
    [InlineData("Basic ZnNhcGk6d3Jvbmc=")]
    [InlineData("Bearer x")]
    public async Task Nobody_is_told_anything_without_the_password(string? authorization)
    {
        using var body = new FormUrlEncodedContent([new("section", "dialplan"), new("Caller-Destination-Number", "5551234")]);
        var reply = await _balancer.Lms.SendAsync(
            HttpMethod.Post, "/fsapi", body, request => request.Headers.TryAddWithoutValidation("Authorization", authorization));

        Assert.Equal(401, reply.Status);
        Assert.Empty(reply.Text);
    }

    [Fact]
    public async Task Without_a_password_in_the_settings_there_is_no_dial_in()
    {
        await using var without = await Balancer.StartAsync(nodes: 1);
        using var body = new FormUrlEncodedContent([new("section", "dialplan"), new("Caller-Destination-Number", "5551234")]);

        var reply = await without.Lms.SendAsync(
            HttpMethod.Post, "/fsapi", body, request => request.Headers.Authorization = Basic(Balancer.Secret));

        Assert.Equal(404, reply.Status);
    }

    [Fact]
    public void A_dollar_sign_that_begins_no_variable_is_left_alone() => Assert.Equal("$5 {a} $", Dialplan.Escape("$5 {a} $"));

    private static AuthenticationHeaderValue Basic(string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"fsapi:{password}")));

    private static List<(string Application, string? Data)> Actions(string plan, string expression)
    {
        var section = XDocument.Parse(plan).Root!.Element("section")!;
        Assert.Equal("dialplan", section.Attribute("name")!.Value);
        var condition = section.Element("context")!.Element("extension")!.Element("condition")!;
        Assert.Equal("public", section.Element("context")!.Attribute("name")!.Value);
        Assert.Equal("destination_number", condition.Attribute("field")!.Value);
        Assert.Equal(expression, condition.Attribute("expression")!.Value);
        return [.. condition.Elements().Select(action =>
        {
            Assert.Equal("action", action.Name.LocalName);
            return (action.Attribute("application")!.Value, action.Attribute("data")?.Value);
        })];
    }

    private async Task<string> CreateAsync(string meetingId, string more = "")
    {
        var reply = await _balancer.Lms.GetAsync("create", $"name=a%20name&meetingID={Uri.EscapeDataString(meetingId)}{more}");
        Assert.Equal("SUCCESS", reply.Code);
        return XDocument.Parse(reply.Text).Root!.Element("voiceBridge")!.Value;
    }

    private Task<string> DialAsync(string number, params (string, string)[] more) =>
        AskAsync([("section", "dialplan"), ("Caller-Destination-Number", "5551234"), ("variable_pin", number), .. more]);

    private async Task<string> AskAsync(params (string Name, string Value)[] fields)
    {
        using var body = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        var reply = await _balancer.Lms.SendAsync(
            HttpMethod.Post, "/fsapi", body, request => request.Headers.Authorization = Basic(DialInBalancer.Password));
        Assert.Equal(200, reply.Status);
        return reply.Text;
    }
}
