using Scalelite.BigBlueButton.Checksums;
using Scalelite.Simulator.Faults;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>What the log says of calls, and what it never says.</summary>
public sealed class LogTests
{
    private const string User = "Grace-Hopper-the-user";
    private const string Password = "a-password-that-nobody-logs";
    private const string Callback = "https://callback.example.org/a-capability";

    [Fact]
    public async Task Every_call_is_one_line_without_secrets_names_and_passwords()
    {
        await using var balancer = await Balancer.StartAsync(2, settings => settings with { Logging = new LoggingSettings { Level = LogLevelName.Debug } });
        var checksums = new List<string>();
        foreach (var node in balancer.Pool.Nodes) node.Faults.Add(Fault.HtmlError().On("getSessions"));
        balancer.Node("node-1").Faults.Add(Fault.ChecksumError().On("create").Next(1));
        balancer.Node("node-2").Faults.Add(Fault.HtmlError().On("sendChatMessage"));
        balancer.Node("node-1").Faults.Add(Fault.Reset().On("sendChatMessage"));

        var all = $"meetingID=room-1&name={User}&fullName={User}&moderatorPW={Password}&attendeePW={Password}2&password={Password}&role=VIEWER"
            + $"&message={User}&userName={User}&meta_endCallbackUrl={Callback}&meta_bn-recording-ready-url={Callback}";
        foreach (var call in new[]
        {
            "create", "create", "join", "getMeetingInfo", "isMeetingRunning", "getMeetings", "getSessions", "sendChatMessage", "end", "join", "getRecordings", "nothing",
        })
        {
            await OneLineAsync(call, balancer.Lms.Sign(call, all));
        }

        await OneLineAsync("create", $"/bigbluebutton/api/create?{all}&checksum={Checksum.Compute(ChecksumAlgorithm.Sha1, "create", all, "another secret")}");
        await OneLineAsync("root", $"/bigbluebutton/api?{all}");

        var log = ConsoleText.All;
        foreach (var secret in new[] { User, Password, Callback, Balancer.Secret, Balancer.Defaults.Security.SecretKeyBase, RecordingNode.Secret, "secret-of-node-" })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        foreach (var checksum in checksums) Assert.DoesNotContain(checksum, log, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await balancer.Database.ScalarAsync<long>(
            "select count(*) from mt_events where data::text like $1 or data::text like $2 or data::text like $3", $"%{Password}%", $"%{Callback}%", $"%{Balancer.Secret}%"));

        async Task OneLineAsync(string call, string target)
        {
            var id = Guid.NewGuid().ToString("n");
            if (RawQuery.OfTarget(target).Checksum is { } checksum) checksums.Add(checksum);
            await balancer.Lms.GetUrlAsync(target, request => request.Headers.Add("X-Request-Id", id));
            await Scalelite.Testing.Eventually.HoldsAsync($"{call} is logged", () => Answers(call, id).Length == 1, seconds: 5);
        }
    }

    private static string[] Answers(string call, string id) =>
        [.. ConsoleText.Lines($"request {id}").Where(line => line.Contains($" INF {call} ", StringComparison.Ordinal))];
}
