using System.Text;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.Api.Tests.Invariants;

/// <summary>What must hold, 1: what the checksum does not cover does not count, and of a name that is given twice the first value does, as for BBB.</summary>
public sealed class Only_parameters_covered_by_the_checksum_are_used(CreateTests.OneRecordingNode shared) : IClassFixture<CreateTests.OneRecordingNode>
{
    private Lms Lms => shared.Balancer.Lms;

    private RecordingNode Node => shared.Node;

    [Fact]
    public async Task A_form_s_parameters_are_read_and_not_used()
    {
        var id = SharedBalancer.NewId();

        var reply = await Lms.PostAsync("create", $"name=Room&meetingID={id}", "moderatorPW=evil&name=evil&record=true", "application/x-www-form-urlencoded");

        Assert.Equal("SUCCESS", reply.Code);
        var got = Node.Calls.Single(c => c["meetingID"] == id);
        Assert.Equal(("GET", 0L, "Room"), (got.Method, got.Length, got["name"]));
        Assert.DoesNotContain(got.Query.Parameters, p => p.Value == "evil" || p.Name == "record");
    }

    [Fact]
    public async Task A_checksum_in_the_body_alone_is_none()
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, "isMeetingRunning", "", Balancer.Secret);
        var form = Encoding.ASCII.GetBytes($"meetingID=foobar&checksum={checksum}");

        var inBody = await Lms.SendAsync(HttpMethod.Post, "/bigbluebutton/api/isMeetingRunning", Lms.Bytes(form, "application/x-www-form-urlencoded"));
        var signed = await Lms.PostAsync("isMeetingRunning", "", form, "application/x-www-form-urlencoded");

        Assert.Equal("checksumError", inBody.Key);
        Assert.Equal("missingParamMeetingID", signed.Key);
    }

    [Fact]
    public async Task Two_checksums_are_refused_even_if_both_are_right()
    {
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, "isMeetingRunning", "meetingID=foobar", Balancer.Secret);

        var reply = await Lms.GetUrlAsync($"/bigbluebutton/api/isMeetingRunning?meetingID=foobar&checksum={checksum}&checksum={checksum}");

        Assert.Equal("checksumError", reply.Key);
    }

    [Fact]
    public async Task A_name_in_query_and_body_has_the_value_of_the_query()
    {
        var id = SharedBalancer.NewId();
        await Lms.PostAsync("create", $"name=Signed&meetingID={id}&moderatorPW=signed", "name=evil&moderatorPW=evil&meetingID=evil", "application/x-www-form-urlencoded");

        var got = Node.Calls.Single(c => c["meetingID"] == id);
        Assert.Equal(("Signed", "signed"), (got["name"], got["moderatorPW"]));
        Assert.DoesNotContain(Node.Calls, c => c["meetingID"] == "evil");

        var asked = await Lms.PostAsync("isMeetingRunning", "", $"meetingID={id}", "application/x-www-form-urlencoded");
        Assert.Equal("missingParamMeetingID", asked.Key);
    }

    [Fact]
    public async Task Of_a_name_that_is_given_twice_the_first_value_counts_here_and_at_the_node()
    {
        var (first, second) = (SharedBalancer.NewId(), SharedBalancer.NewId());
        Assert.Equal("SUCCESS", (await Lms.GetAsync("create", $"name=Room&meetingID={first}&meetingID={second}&record=false&record=true")).Code);

        var got = Node.Calls.Single(c => c["meetingID"] == first);
        Assert.Equal("false", Assert.Single(got.Query.Parameters, p => p.Name == "record").Value);
        Assert.DoesNotContain(got.Query.Parameters, p => p.Value == second);
        await shared.Balancer.IsLiveAsync(first);
        Assert.Null(await shared.Balancer.LocationAsync(second));
        Assert.Equal("notFound", (await Lms.GetAsync("getMeetingInfo", $"meetingID={second}&meetingID={first}")).Key);
    }
}
