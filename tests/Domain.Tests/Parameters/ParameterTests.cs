using Scalelite.Domain.Parameters;
using Xunit;

namespace Scalelite.Domain.Tests.Parameters;

public sealed class ParameterTests
{
    [Theory]
    [InlineData("a=1,b=2", "a=1&b=2")]
    [InlineData(@"welcome=Hello\, world,b=", "welcome=Hello, world&b=")]
    [InlineData("a=x=y", "a=x=y")]
    [InlineData(@"a=c:\d", @"a=c:\d")]
    [InlineData("a=1,,a=2,", "a=2")]
    [InlineData("meta_Course=1", "meta_course=1")]
    [InlineData(null, "")]
    public void A_setting_lists_parameters_with_an_escaped_comma(string? text, string expected)
    {
        Assert.Equal(expected, Text(ParameterSettings.Parse(text, out var error)));
        Assert.Null(error);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("=1")]
    [InlineData("a=1,rest of it")]
    public void A_setting_that_is_no_list_is_refused(string text)
    {
        Assert.Empty(ParameterSettings.Parse(text, out var error));
        Assert.Contains("name=value", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_counts_is_tenant_default_default_client_override_tenant_override_in_rising_order()
    {
        var settings = Settings(defaults: "a=d,b=d,c=d,x=d", overrides: "d=o,e=o");
        var tenant = Settings(defaults: "a=td,x=td,y=td", overrides: "e=to");
        Assert.Equal("meetingID=m&b=c&d=o&e=to&a=d&c=d&x=d&y=td", Build("meetingID=m&b=c&d=c&e=c", settings, tenant));
    }

    [Fact]
    public void An_exclusion_drops_the_clients_value_only()
    {
        var settings = Settings(defaults: "logo=ours", excluded: "logo,welcome,meta_Course,meetingID");
        Assert.Equal("meetingID=m&logo=ours", Build("meetingID=m&logo=theirs&welcome=hi&meta_course=x", settings));
    }

    [Fact]
    public void No_setting_changes_the_meetings_id() =>
        Assert.Equal("meetingID=m", Build("meetingID=m", Settings(defaults: "meetingID=d", overrides: "meetingID=o")));

    [Theory]
    [InlineData("", "60")]
    [InlineData("&duration=0", "60")]
    [InlineData("&duration=-5", "60")]
    [InlineData("&duration=90", "60")]
    [InlineData("&duration=99999999999", "60")]
    [InlineData("&duration=x", "60")]
    [InlineData("&duration=45", "45")]
    public void A_duration_is_limited_last(string duration, string expected)
    {
        var built = CreateParameters.Build(Read("meetingID=m" + duration), ParameterSettings.None, ParameterSettings.None, new CreateAdditions(MaxDuration: 60));
        Assert.Equal(expected, built.Single(p => p.Name == "duration").Value);
        var overridden = CreateParameters.Build(
            Read("meetingID=m" + duration), Settings(overrides: "duration=600"), ParameterSettings.None, new CreateAdditions(MaxDuration: 60));
        Assert.Equal("60", overridden.Single(p => p.Name == "duration").Value);
    }

    [Fact]
    public void Reserved_metadata_comes_from_the_balancer_alone_whoever_sets_it_and_however_it_is_written()
    {
        const string Client = "meetingID=m&meta_Tenant-Id=evil&META_tenant-name=evil&meta_server-tag=gold&meta_secret-lrs-payload=evil&meta_course=1";
        var settings = Settings(defaults: "meta_tenant-id=d", overrides: "meta_server-tag=silver,meta_tenant-name=o");
        Assert.Equal("meetingID=m&meta_course=1", Build(Client, settings));
        var additions = new CreateAdditions("70000", "gold", "t1", "School", "sealed");
        Assert.Equal(
            "meetingID=m&meta_course=1&voiceBridge=70000&meta_tenant-id=t1&meta_tenant-name=School&meta_server-tag=gold&meta_secret-lrs-payload=sealed",
            Build(Client, settings, additions: additions));
    }

    [Fact]
    public void The_allocated_voice_bridge_takes_the_place_of_any_other() => Assert.Equal(
        "voiceBridge=715622307&meetingID=m",
        Build("voiceBridge=1&meetingID=m", Settings(overrides: "voiceBridge=2"), additions: new CreateAdditions("715622307")));

    [Fact]
    public void Callback_metas_are_replaced_or_taken_away()
    {
        var callbacks = new Dictionary<string, string?> { ["endcallbackurl"] = "https://lb/end", ["bn-recording-ready-url"] = null };
        Assert.Equal(
            "meetingID=m&meta_endcallbackurl=https://lb/end",
            Build("meetingID=m&meta_endCallbackUrl=https://lms/&meta_bn-recording-ready-url=https://lms/r", additions: new CreateAdditions(Callbacks: callbacks)));
    }

    [Fact]
    public void Of_a_name_that_comes_twice_the_first_counts_also_where_only_the_case_of_a_meta_differs() =>
        Assert.Equal("meetingID=m&meta_a=1", Build("meetingID=m&meta_a=1&meta_A=2&meetingID=n"));

    [Theory]
    [InlineData("meta_server-tag=c", "o", "to", "to")]
    [InlineData("meta_server-tag=c", "o", null, "o")]
    [InlineData("meta_Server-Tag=c", null, null, "c")]
    [InlineData("", null, null, "td")]
    public void The_tag_is_resolved_before_the_placing(string client, string? over, string? tenantOver, string expected)
    {
        var settings = Settings(defaults: "meta_server-tag=d", overrides: over is null ? null : $"meta_server-tag={over}");
        var tenant = Settings(defaults: "meta_server-tag=td", overrides: tenantOver is null ? null : $"meta_server-tag={tenantOver}");
        Assert.Equal(expected, CreateParameters.TagOf(Read(client), settings, tenant).Text);
    }

    [Fact]
    public void A_join_is_settled_the_same_way()
    {
        var settings = Settings(defaults: "userdata-bbb_x=1", overrides: "role=VIEWER,meetingID=o", excluded: "guest");
        var built = JoinParameters.Build(Read("fullName=A&meetingID=m&role=MODERATOR&guest=true"), settings, Settings(overrides: "logoutURL=https://t/"));
        Assert.Equal("fullName=A&meetingID=m&role=VIEWER&userdata-bbb_x=1&logoutURL=https://t/", Text(built));
    }

    [Fact]
    public void The_metadata_of_a_create_have_names_in_lower_case()
    {
        var metadata = CreateParameters.MetadataOf(Read("meetingID=m&meta_Course-Id=1&meta_b=2"));
        Assert.Equal("1", metadata["course-id"]);
        Assert.Equal(2, metadata.Count);
    }

    private static string Build(string client, ParameterSettings? settings = null, ParameterSettings? tenant = null, CreateAdditions? additions = null) =>
        Text(CreateParameters.Build(Read(client), settings ?? ParameterSettings.None, tenant ?? ParameterSettings.None, additions ?? new CreateAdditions()));

    private static ParameterSettings Settings(string? defaults = null, string? overrides = null, string? excluded = null) =>
        new(ParameterSettings.Parse(defaults, out _), ParameterSettings.Parse(overrides, out _), ParameterSettings.ParseNames(excluded));

    private static Parameter[] Read(string query) =>
        [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => new Parameter(pair[0], pair[1]))];

    private static string Text(IEnumerable<Parameter> parameters) => string.Join('&', parameters.Select(p => $"{p.Name}={p.Value}"));
}
