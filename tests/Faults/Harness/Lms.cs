using System.Net;
using System.Xml.Linq;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Faults;

/// <summary>Calls a load balancer as Moodle and Greenlight do. Any number of calls at once.</summary>
internal sealed class Lms(string origin)
{
    /// <summary>The LOADBALANCER_SECRET of all processes.</summary>
    public const string Secret = "the-secret-of-the-lms";

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 512,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>create.</summary>
    public Task<XElement> CreateAsync(string meetingId, params (string Name, string Value)[] more) =>
        CallAsync("create", [("meetingID", meetingId), ("name", $"Class {meetingId}"), .. more]);

    /// <summary>join, not followed.</summary>
    public async Task<Joined> JoinAsync(string meetingId, string name = "A student")
    {
        using var answer = await SendAsync("join", ("meetingID", meetingId), ("fullName", name), ("role", "VIEWER"));
        return answer.StatusCode == HttpStatusCode.Found
            ? new Joined(answer.Headers.Location, null)
            : new Joined(null, XElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>getMeetingInfo.</summary>
    public Task<XElement> InfoAsync(string meetingId) => CallAsync("getMeetingInfo", ("meetingID", meetingId));

    /// <summary>isMeetingRunning.</summary>
    public Task<XElement> IsRunningAsync(string meetingId) => CallAsync("isMeetingRunning", ("meetingID", meetingId));

    /// <summary>end.</summary>
    public Task<XElement> EndAsync(string meetingId, params (string Name, string Value)[] more) => CallAsync("end", [("meetingID", meetingId), .. more]);

    /// <summary>getMeetings.</summary>
    public Task<XElement> MeetingsAsync() => CallAsync("getMeetings");

    /// <summary>Any call; its answer must be XML with a returncode.</summary>
    public async Task<XElement> CallAsync(string call, params (string Name, string Value)[] parameters)
    {
        using var answer = await SendAsync(call, parameters);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{call}: {answer.StatusCode} {text}");
        var xml = XElement.Parse(text);
        Assert.True(xml.Name == "response" && xml.Element("returncode") is not null, $"{call}: {text}");
        return xml;
    }

    /// <summary>Any call.</summary>
    public Task<HttpResponseMessage> SendAsync(string call, params (string Name, string Value)[] parameters)
    {
        var query = string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));
        var checksum = Checksum.Compute(ChecksumAlgorithm.Sha256, call, query, Secret);
        return Http.GetAsync(new Uri($"{origin}/bigbluebutton/api/{call}?{query}{(query.Length == 0 ? "" : "&")}checksum={checksum}"));
    }

    /// <summary>The status of /health_check; null where nobody answers.</summary>
    public async Task<HttpStatusCode?> HealthAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri($"{origin}/health_check"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}

/// <summary>What a join came to: a redirection, or an error.</summary>
internal sealed record Joined(Uri? To, XElement? Error)
{
    /// <summary>Whether it leads to this node.</summary>
    public bool LeadsTo(Simulator.SimulatedNode node) => To?.Port == node.Port;
}

/// <summary>Reads BBB's answers.</summary>
internal static class Answers
{
    /// <summary>The text of an element of the answer; empty where there is none.</summary>
    public static string Of(this XElement answer, string name) => answer.Element(name)?.Value ?? "";

    /// <summary>SUCCESS.</summary>
    public static bool Succeeded(this XElement answer) => answer.Of("returncode") == "SUCCESS";

    /// <summary>The message key.</summary>
    public static string Key(this XElement answer) => answer.Of("messageKey");

    /// <summary>Fails the test with the answer where it is no SUCCESS.</summary>
    public static XElement ShouldSucceed(this XElement answer)
    {
        Assert.True(answer.Succeeded(), answer.ToString());
        return answer;
    }
}
